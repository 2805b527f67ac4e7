/** The file that `revocation.snapshot` names: a list of what is revoked already when the gateway is built. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { revokedBy } from '../../contract/revocation-entries.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { checkProjectKeys, revokedKeys } from './project-keys.ts'
import type { Placed } from './types/placed.ts'

/** Seconds since the epoch: until 2085, and no milliseconds by mistake. */
const latest = 3_600_000_000

const names = Object.keys(revokedBy) as (keyof typeof revokedBy)[]

/** @param node the whole file. An entry with mistakes is reported; then nothing is built. */
export function readSnapshot(node: SourceNode, access: NodeAccess): readonly Placed<RevokedPlan>[] | null {
  return (
    access
      .array(node)
      ?.items.map((item) => readEntry(item, access))
      .filter((each) => each !== null) ?? null
  )
}

function readEntry(node: SourceNode, access: NodeAccess): Placed<RevokedPlan> | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, revokedKeys, access)
  const [name, ...more] = names.filter((each) => object.entries.has(each))
  if (name === undefined || more.length > 0)
    return access.refuse(node, `an entry names one of ${names.map((each) => `\`${each}\``).join(', ')}`)
  const kind = revokedBy[name]
  const text = access.required(object, name, (value) => readName(name, value, access))
  const issuer = access.optional(object, 'iss', (value) => access.text(value))
  const expires = access.optional(object, 'exp', (value) => access.integer(value, 0, latest))
  const barsEarlier = kind === 'client' || kind === 'user'
  const before = barsEarlier ? access.required(object, 'before', (value) => access.integer(value, 0, latest)) : null
  access.optional(object, 'at', (value) => readPublished(value, access))
  const unused = unusedKey(object, barsEarlier, name)
  if (unused !== null) return access.refuse(node, `\`${unused}\` means nothing beside \`${name}\``)
  if (text === null || (barsEarlier && before === null)) return null
  const value = { kind, name: text, issuer, before, expires }
  return {
    value,
    // There may be hundreds of thousands, and places are computed when they are asked for.
    get at() {
      return node.at
    },
  }
}

/** For people: the lag of what is baked is nobody's question. */
function readPublished(node: SourceNode, access: NodeAccess): number | null {
  if (node.kind === 'scalar' && typeof node.value === 'number' && node.value > 0) return node.value
  return access.refuse(node, '`at` must be a time in seconds since the epoch')
}

function unusedKey(object: ObjectNode, barsEarlier: boolean, name: keyof typeof revokedBy): string | null {
  if (!barsEarlier && object.entries.has('before')) return 'before'
  const ofNoIssuer = name === 'signature' || name === 'digest' || name === 'apiKey'
  return ofNoIssuer && object.entries.has('iss') ? 'iss' : null
}

/** A token's text is not taken: it would be in the gateway for all to read, and others may be good for longer than it. */
function readName(name: keyof typeof revokedBy, node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text) && text.length > 60)
    return access.refuse(node, `\`${name}\` looks like a whole token`, 'Name its `jti`, or its SHA-256 as `digest`.')
  if (name === 'digest' && !/^[\w-]{43}$/.test(text)) return access.refuse(node, '`digest` must be a SHA-256 in base64url')
  return text
}
