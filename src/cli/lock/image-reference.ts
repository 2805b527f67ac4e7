/** `docker://registry.example.com/team/node:26`: an image in a registry, as skopeo and podman name it. */
import { UsageError } from '../failures.ts'

export type ImageReference = {
  /** Host, and port where one is told. */
  readonly registry: string
  readonly repository: string
  /** `null` where a digest stands alone. */
  readonly tag: string | null
  readonly digest: string | null
}

/** Docker Hub, which names without a registry mean, has its API elsewhere. */
const dockerHub = 'docker.io'
const dockerHubHost = 'registry-1.docker.io'

const prefix = 'docker://'
const longest = 500
const host = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/
const repositoryForm = /^[a-z0-9]+(?:(?:\.|_{1,2}|-+|\/)[a-z0-9]+)*$/

export function isImageReference(text: string): boolean {
  return text.startsWith(prefix)
}

/** Throws a UsageError for what is no such name. */
export function readImageReference(text: string): ImageReference {
  const [, name, tag = null, digest = null] =
    /^docker:\/\/([^@]+?)(?::(\w[\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text.slice(0, longest + 1)) ?? []
  if (name !== undefined && text.length <= longest) {
    const slash = name.indexOf('/')
    const first = slash < 0 ? '' : name.slice(0, slash)
    const hasRegistry = /[.:]/.test(first) || first === 'localhost'
    const registry = hasRegistry ? first : dockerHub
    const rest = hasRegistry ? name.slice(slash + 1) : name
    const repository = registry === dockerHub && !rest.includes('/') ? `library/${rest}` : rest
    if (host.test(registry) && URL.canParse(`https://${registry}`) && repositoryForm.test(repository))
      return { registry, repository, tag: tag ?? (digest === null ? 'latest' : null), digest }
  }
  throw new UsageError(
    `${JSON.stringify(text.slice(0, longest))} does not name an image in a registry.`,
    'Say for example docker://registry.example.com/team/node:26, with @sha256:… after it for one that stays.',
  )
}

/** In full, without what goes before it. */
export function imageName({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
}

export function referenceText(reference: ImageReference): string {
  return prefix + imageName(reference)
}

/** Where the registry's API is. */
export function apiHost(registry: string): string {
  return registry === dockerHub ? dockerHubHost : registry
}
