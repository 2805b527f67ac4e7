/** Manifests of Kubernetes beside a bundle, for `postern build --kubernetes`. */
import { join, relative, resolve } from 'node:path'
import { imageName } from '../compiler/model/kubernetes.ts'
import { kubernetesManifests, manifestNames } from '../compiler/package/kubernetes/manifests.ts'
import { BundleTargetError, replaceFolder } from '../compiler/package/write-bundle.ts'
import { type BuildOptions, buildProject } from './built-bundle.ts'
import { type Compiled, exitCodeFor } from './compiled-project.ts'
import { UsageError } from './failures.ts'
import type { Session } from './session.ts'

export type ClusterTarget = { readonly folder: string; readonly image: string }

type Options = { readonly kubernetes?: string | true; readonly image?: string; readonly watch?: boolean }

const digestHint = 'Give it by its digest: `--image registry.example.com/shop@sha256:…`. `postern image` prints the digest.'

/** What the options ask for; `null` where they ask for no manifests. */
export function clusterTarget(projectFolder: string, { kubernetes, image, watch }: Options): ClusterTarget | null {
  if (kubernetes === undefined && image === undefined) return null
  if (watch === true) throw new UsageError('Manifests name one image, and a project that is watched makes many.', 'Leave --watch out.')
  if (image === undefined) throw new UsageError('Manifests need an image that cannot change.', digestHint)
  const folder = typeof kubernetes === 'string' ? resolve(kubernetes) : join(projectFolder, 'kubernetes')
  return { folder, image }
}

export async function buildForKubernetes(
  projectFolder: string,
  target: ClusterTarget & Omit<BuildOptions, 'forKubernetes'> & { readonly json: boolean },
  session: Session,
): Promise<void> {
  const { report } = session
  const outcome = await buildProject(projectFolder, { ...target, forKubernetes: true }, '', report)
  if (outcome.kind === 'rejected') session.exitCode = exitCodeFor(outcome.diagnostics)
  if (outcome.kind !== 'built') return
  await writeManifests(outcome.compiled, target)
  report.note(`Wrote ${relative('', target.folder)}: a kustomize base, with what the gateway may reach.`)
  if (target.json) report.result(`${JSON.stringify(outcome.manifest, null, 2)}\n`)
}

async function writeManifests({ project, plan, manifest }: Compiled, { folder, image }: ClusterTarget): Promise<void> {
  if (project.kubernetes === null) throw new TypeError('a project that was not compiled for Kubernetes')
  const gateway = {
    project,
    kubernetes: project.kubernetes,
    plan,
    digest: manifest.digest,
    image: wholeImage(image, project.kubernetes.image),
  }
  try {
    await replaceFolder(folder, kubernetesManifests(gateway), { names: manifestNames, what: 'what Postern writes there' })
  } catch (error) {
    if (error instanceof BundleTargetError) throw new UsageError(`${error.message}.`, 'Name another folder with --kubernetes.')
    throw error
  }
}

/** The project may say the name, and never the digest: the image holds what was built from the project. */
function wholeImage(given: string, name: string | null): string {
  const [, written, digest] = /^(?:(.+)@)?(sha256:[0-9a-f]{64})$/.exec(given) ?? []
  const whole = written ?? name
  if (digest === undefined || (written !== undefined && !imageName.test(written)))
    throw new UsageError(`${given.slice(0, 200)} is no image with a digest.`, digestHint)
  if (whole === null || whole === undefined)
    throw new UsageError('The image has no name.', `${digestHint} Or say \`kubernetes: { image: <name> }\` in postern.yaml.`)
  return `${whole}@${digest}`
}
