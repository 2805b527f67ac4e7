/** `x-wso2-cors`, whose keys WSO2 takes in three spellings: `accessControlAllowOrigins`, with `_` and with `-`. */
import { nearestName } from '../source/nearest-name.ts'
import type { SourceNode } from '../source/source-node.ts'
import { type CorsParts, corsOf, type WrittenCors } from './cors.ts'
import type { Definition } from './definition.ts'

const enabledKey = 'corsConfigurationEnabled'

const meanings: ReadonlyMap<string, keyof CorsParts> = new Map([
  ['accessControlAllowOrigins', 'origins'],
  ['accessControlAllowMethods', 'methods'],
  ['accessControlAllowHeaders', 'headers'],
  ['accessControlExposeHeaders', 'expose'],
  ['accessControlAllowCredentials', 'credentials'],
])

const known = [enabledKey, ...meanings.keys()]

/** `off` where it says so itself; WSO2 3.x takes that for on. */
export function readWso2Cors(node: SourceNode, definition: Definition): WrittenCors | null {
  const { extensions } = definition
  const object = extensions.object(node)
  if (object === null) return null
  const parts: { -readonly [Key in keyof CorsParts]: CorsParts[Key] } = {
    origins: null,
    methods: null,
    headers: null,
    expose: null,
    credentials: null,
    maxAge: null,
  }
  const seen = new Set<string>()
  let enabled: boolean | null = true
  for (const [key, { keyAt, value }] of object.entries) {
    const name = inCamelCase(key)
    const meaning = meanings.get(name)
    if (!known.includes(name)) {
      const nearest = nearestName(name, known)
      const hint = nearest === null ? `Known here: ${known.join(', ')}.` : `Did you mean \`${nearest}\`?`
      definition.diagnostics.report('unknown-key', keyAt, `\`${key.slice(0, 80)}\` is not a key that is known here`, hint)
    } else if (seen.has(name)) {
      definition.diagnostics.report('conflicting-extensions', keyAt, `\`${name}\` stands here twice, in two spellings`)
    } else if (meaning === undefined) enabled = extensions.boolean(value)
    else parts[meaning] = value
    seen.add(name)
  }
  if (enabled !== true) return enabled === false ? 'off' : null
  if (parts.origins !== null) return corsOf(parts, definition)
  return extensions.refuse(node, '`accessControlAllowOrigins` is missing', 'Name the origins, or remove `x-wso2-cors`.')
}

function inCamelCase(key: string): string {
  return key.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
