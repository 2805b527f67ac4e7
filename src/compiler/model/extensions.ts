/**
 * Every vendor extension that Postern knows: its own, and those of WSO2 API Microgateway 3.x. Those of other vendors are left alone. What
 * this version cannot do is refused and never ignored: it may be somebody's protection.
 */
import type { Diagnostics } from '../diagnostics.ts'
import { nearestName } from '../source/nearest-name.ts'
import type { ObjectEntry, ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Level } from './definition.ts'

type Extension = {
  readonly levels: readonly Level[]
  /** Whether this version does what the value asks for. */
  readonly supported: (value: SourceNode) => boolean
}

const always = (): boolean => true
const never = (): boolean => false
const rootOnly = ['root'] as const
const rootAndOperation = ['root', 'operation'] as const

export const extensions: ReadonlyMap<string, Extension> = new Map<string, Extension>([
  ['x-postern', { levels: ['root', 'path', 'operation'], supported: always }],
  ['x-wso2-basePath', { levels: rootOnly, supported: always }],
  ['x-wso2-production-endpoints', { levels: rootAndOperation, supported: always }],
  ['x-wso2-sandbox-endpoints', { levels: rootAndOperation, supported: always }],
  ['x-wso2-endpoints', { levels: rootOnly, supported: always }],
  ['x-wso2-throttling-tier', { levels: rootAndOperation, supported: always }],
  ['x-throttling-tier', { levels: rootAndOperation, supported: always }],
  ['x-wso2-disable-security', { levels: rootAndOperation, supported: always }],
  ['x-auth-type', { levels: ['operation'], supported: always }],
  ['x-scope', { levels: ['operation'], supported: always }],
  ['x-wso2-application-security', { levels: rootAndOperation, supported: always }],
  ['x-wso2-auth-header', { levels: rootOnly, supported: always }],
  // For information: who provides the API.
  ['x-wso2-owner', { levels: rootOnly, supported: always }],
  ['x-wso2-transports', { levels: rootOnly, supported: always }],
  ['x-wso2-mutual-ssl', { levels: rootOnly, supported: always }],
  [
    'x-wso2-response-cache',
    { levels: rootOnly, supported: (value) => value.kind === 'object' && is(value.entries.get('enabled')?.value, false) },
  ],
  ['x-wso2-request-interceptor', { levels: rootAndOperation, supported: never }],
  ['x-wso2-response-interceptor', { levels: rootAndOperation, supported: never }],
  ['x-wso2-cors', { levels: rootOnly, supported: always }],
])

/** Reports the extensions of an object that stands at a level: unknown, at the wrong level, or not supported yet. */
export function checkExtensions(node: ObjectNode, level: Level, diagnostics: Diagnostics): void {
  for (const [key, entry] of node.entries) {
    const extension = extensions.get(key)
    if (extension === undefined) reportIfUnknown(key, entry, diagnostics)
    else if (!extension.levels.includes(level)) reportMisplaced(key, entry, diagnostics)
    else if (!extension.supported(entry.value)) diagnostics.report('not-supported-yet', entry.keyAt, `\`${key}\` is not supported yet`)
  }
}

/** Reports Postern's and WSO2's extensions in an object that stands at none of the levels, such as a schema: they would do nothing. */
export function checkNoExtensions(node: ObjectNode, diagnostics: Diagnostics): void {
  for (const [key, entry] of node.entries) if (isOurs(key) || known.has(folded(key))) reportMisplaced(key, entry, diagnostics)
}

/** The extensions by what is left of their names when letter case and separators are forgotten: `x_postern` and `X-Postern` are meant. */
const known: ReadonlyMap<string, string> = new Map([...extensions.keys()].map((key) => [folded(key), key]))

/** Names of other things that one could take for a slip. */
const harmless = ['x-score', 'x-slope']

function reportIfUnknown(key: string, entry: ObjectEntry, diagnostics: Diagnostics): void {
  if (!/^x/i.test(key) || harmless.includes(key.toLowerCase())) return
  // `x-wos2-cors` or `x-postren`: another vendor's name is hardly that near.
  const text = folded(key)
  if (!isOurs(key) && nearestName(text, known.keys(), text.length > 10 ? 2 : 1) === null) return
  const hint = (): string => {
    const nearest = known.get(nearestName(text, known.keys()) ?? '')
    return nearest === undefined ? `Known: ${[...known.values()].join(', ')}.` : `Did you mean \`${nearest}\`?`
  }
  diagnostics.report('unknown-key', entry.keyAt, `\`${key.slice(0, 80)}\` is not a known extension`, hint)
}

function reportMisplaced(key: string, { keyAt }: ObjectEntry, diagnostics: Diagnostics): void {
  const levels = extensions.get(known.get(folded(key)) ?? '')?.levels
  const hint = levels === undefined ? 'Remove it.' : `It may stand at: ${levels.join(', ')}.`
  diagnostics.report('invalid-extension', keyAt, `\`${key.slice(0, 80)}\` has no meaning here`, hint)
}

function isOurs(key: string): boolean {
  return /^x-(?:wso2-|postern)/i.test(key)
}

function folded(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, '')
}

function is(node: SourceNode | undefined, value: string | boolean): boolean {
  return node?.kind === 'scalar' && node.value === value
}
