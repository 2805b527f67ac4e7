/**
 * Logins that `podman login` and `docker login` have left: files with `auths` in them (containers-auth.json(5)). Programs that hold
 * logins, which such files may name, are not run.
 */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from '../failures.ts'
import type { ImageReference } from './image-reference.ts'

type Fields = Readonly<Record<string, unknown>>

/** What Basic authentication sends, in base64; `null` where there is no login. Throws a UsageError where there is one that cannot be used. */
export function loginFor({ registry, repository }: ImageReference): string | null {
  const parts = repository.split('/')
  const scopes = [...parts.map((_, index) => [registry, ...parts.slice(0, parts.length - index)].join('/')), registry]
  for (const file of loginFiles()) {
    const config = readConfig(file)
    const auths = Object.entries(fieldsOf(config?.auths)).map(([key, value]) => [scopeOf(key), fieldsOf(value)] as const)
    // The nearest first: a part of a registry may have a login of its own.
    const [, entry] = scopes.flatMap((scope) => auths.filter(([key]) => key === scope)).at(0) ?? []
    if (typeof entry?.auth === 'string' && entry.auth !== '') return checked(entry.auth, file, registry)
    const helpers = Object.keys(fieldsOf(config?.credHelpers)).map(scopeOf)
    if (helpers.includes(registry) || entry?.identitytoken !== undefined || (entry !== undefined && config?.credsStore !== undefined))
      throw new UsageError(
        `The login for ${registry} is not in ${file}: a credential helper or a token service has it.`,
        'Postern runs no helpers. Write a file with `podman login --authfile <file>`, and name it with REGISTRY_AUTH_FILE.',
      )
  }
  return null
}

/** As podman and docker look for them. */
function loginFiles(): readonly string[] {
  const { REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, DOCKER_CONFIG } = process.env
  if (REGISTRY_AUTH_FILE) return [REGISTRY_AUTH_FILE]
  const podman = XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'containers', 'auth.json')] : []
  return [...podman, join(DOCKER_CONFIG || join(homedir(), '.docker'), 'config.json')]
}

/** `null` where there is no such file. What is wrong with it is told without its content. */
function readConfig(file: string): Fields | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    throw new UsageError(`${file} is not JSON.`, 'It is where logins for registries are looked for: REGISTRY_AUTH_FILE names another.')
  }
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** Docker writes some registries as the address of an API, and its own as one that is no more. */
function scopeOf(key: string): string {
  const bare = key.replace(/^https?:\/\//, '')
  const scope = bare === key ? key : bare.replace(/\/.*/, '')
  return scope.replace(/^(?:index|registry-1)\.docker\.io$/, 'docker.io')
}

function checked(auth: string, file: string, registry: string): string {
  const decoded = Buffer.from(auth, 'base64')
  if (/^[^\0-\x1f\x7f:]+:[^\0-\x1f\x7f]*$/.test(decoded.toString('utf8'))) return decoded.toString('base64')
  throw new UsageError(`The login for ${registry} in ${file} is not one.`, 'Log in again.')
}
