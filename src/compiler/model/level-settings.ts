/** What the extensions say at one level, Postern's and WSO2's joined: where both say the same thing, they must agree. */
import { entry } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { WrittenCors } from './cors.ts'
import type { Definition, Level } from './definition.ts'
import { checkExtensions } from './extensions.ts'
import { placedText } from './placed-text.ts'
import type { Placed } from './types/placed.ts'
import type { Throttle } from './types/throttling.ts'
import { backendText, plainBackend, type WrittenBackend } from './written-backend.ts'
import { readWso2Cors } from './wso2-cors.ts'
import { readWso2Endpoint } from './wso2-endpoint.ts'
import { type PosternExtension, readPostern } from './x-postern.ts'

/** What `x-postern` and WSO2's extensions say, together. */
export type LevelSettings = Omit<PosternExtension, 'backend' | 'sandboxBackend' | 'public'> & {
  readonly node: ObjectNode
  readonly production: Placed<WrittenBackend> | null
  readonly sandbox: Placed<WrittenBackend> | null
  /** Whether a backend is named here and cannot be read, which is reported. */
  readonly backendRefused: boolean
  /** Whether no credential is asked for; `null` where nothing is said. */
  readonly open: Placed<boolean> | null
}

/** @param node the root, a Path Item or an Operation. */
export function readLevel(node: ObjectNode, level: Level, definition: Definition): LevelSettings {
  const { extensions } = definition
  definition.levels.add(node)
  checkExtensions(node, level, definition.diagnostics)
  const postern = readPostern(node, level, definition)
  const read = <T>(key: string, reader: (value: SourceNode) => T | null): T | null => extensions.optional(node, key, reader)
  const production = read('x-wso2-production-endpoints', (value) => readWso2Backend(value, definition))
  const sandbox = read('x-wso2-sandbox-endpoints', (value) => readWso2Backend(value, definition))
  const refused = (holder: ObjectNode | null, key: string, value: unknown): boolean => value === null && holder?.entries.has(key) === true
  const own = entry(node, 'x-postern')
  const ownKeys = own?.kind === 'object' ? own : null
  return {
    node,
    production: agreed([postern.backend, production], 'the backend', definition, backendText),
    sandbox: agreed([postern.sandboxBackend, sandbox], 'the sandbox backend', definition, backendText),
    backendRefused:
      refused(ownKeys, 'backend', postern.backend) ||
      refused(ownKeys, 'sandboxBackend', postern.sandboxBackend) ||
      refused(node, 'x-wso2-production-endpoints', production) ||
      refused(node, 'x-wso2-sandbox-endpoints', sandbox),
    throttle: readThrottle(node, postern, definition),
    hardLimits: postern.hardLimits,
    capacities: postern.capacities,
    concurrency: postern.concurrency,
    open: readOpen(node, postern, definition),
    maxBody: postern.maxBody,
    timeout: postern.timeout,
    idle: postern.idle,
    issuers: postern.issuers,
    certificates: postern.certificates,
    upgrade: postern.upgrade,
    cors: readLevelCors(node, level, postern, definition),
    identity: postern.identity,
    onStale: postern.onStale,
  }
}

function readWso2Backend(node: SourceNode, definition: Definition): Placed<WrittenBackend> | null {
  const endpoint = readWso2Endpoint(node, definition)
  if (endpoint === null) return null
  const backend = plainBackend(endpoint.url)
  return { value: { ...backend.value, credential: endpoint.credential }, at: backend.at }
}

/** The first thing that is said; another one that says something else at the same level is reported. */
function agreed<T>(
  said: readonly (Placed<T> | null)[],
  what: string,
  { diagnostics }: Definition,
  textOf: (value: T) => string = String,
): Placed<T> | null {
  const [first, ...others] = said.filter((each) => each !== null)
  for (const other of others) {
    if (first === undefined || textOf(other.value) === textOf(first.value)) continue
    diagnostics.report('conflicting-extensions', other.at, `${what} is said otherwise in line ${first.at.line} at the same level`)
  }
  return first ?? null
}

function readThrottle(node: ObjectNode, postern: PosternExtension, definition: Definition): Throttle | null {
  const tier = (key: string): Placed<string> | null =>
    definition.extensions.optional(node, key, (value) => placedText(value, definition.extensions))
  const said = [postern.throttle?.tier ?? null, tier('x-wso2-throttling-tier'), tier('x-throttling-tier')]
  const first = agreed(said, 'the throttling tier', definition)
  return first === null ? null : { tier: first, by: postern.throttle?.by ?? 'consumer' }
}

function readLevelCors(node: ObjectNode, level: Level, postern: PosternExtension, definition: Definition): Placed<WrittenCors> | null {
  const written = level === 'root' ? entry(node, 'x-wso2-cors') : null
  const value = written === null ? null : readWso2Cors(written, definition)
  const wso2 = written === null || value === null ? null : { value, at: written.at }
  return agreed([postern.cors, wso2], 'CORS', definition, corsText)
}

/** Without what WSO2's form cannot say. */
function corsText(cors: WrittenCors): string {
  if (cors === 'off') return cors
  const { origins, methods, headers, expose, credentials } = cors
  const sorted = (names: 'any' | readonly string[]): unknown => (names === 'any' ? names : names.toSorted())
  return JSON.stringify([sorted(origins), sorted(methods), sorted(headers), sorted(expose), credentials])
}

/** `x-auth-type` has an effect only where it is `None`. */
function readOpen(node: ObjectNode, postern: PosternExtension, definition: Definition): Placed<boolean> | null {
  const { extensions } = definition
  const disabled = entry(node, 'x-wso2-disable-security')
  const value = disabled === null ? null : extensions.boolean(disabled)
  const type = extensions.optional(node, 'x-auth-type', (text) => placedText(text, extensions))
  const said: readonly (Placed<boolean> | null)[] = [
    postern.public,
    disabled === null || value === null ? null : { value, at: disabled.at },
    type?.value === 'None' ? { value: true, at: type.at } : null,
  ]
  const security = entry(node, 'security')
  if (postern.public !== null && security?.kind === 'array' && security.items.length > 0) {
    const message = '`public` is said here, and `security` of the same operation asks for a credential'
    definition.diagnostics.report('conflicting-extensions', postern.public.at, message)
  }
  if (disabled !== null && value === false && security?.kind === 'array' && security.items.length === 0) {
    const message = 'security is not disabled here, and `security: []` at the same level asks for no credential'
    definition.diagnostics.report('conflicting-extensions', disabled.at, message)
  }
  return agreed(said, 'whether security is disabled', definition)
}
