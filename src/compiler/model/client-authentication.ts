/** How the gateway says who it is to an authorisation server, as its client: the same words wherever it asks one. */
import type { ClientAuthenticationPlan } from '../../contract/plan/client-authentication.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { placedText } from './placed-text.ts'
import { holdsSetting, type Settle } from './setting-text.ts'
import type { Placed } from './types/placed.ts'

const kinds = ['basic', 'post', 'private_key_jwt', 'tls'] as const

/** Without what says for whom an assertion is meant, which differs. */
export const clientKeys = ['authentication', 'clientId', 'clientSecret', 'clientKey', 'clientKeyId'] as const

export type WrittenClient = {
  readonly kind: ClientAuthenticationPlan['kind']
  readonly clientId: Placed<string>
  /** The secret, or the path of the key; `null` for `tls`. */
  readonly proof: Placed<string> | null
  readonly keyId: string | null
  readonly audience: string | null
}

export type ClientReading = {
  readonly access: NodeAccess
  /** The key that says for whom an assertion is meant. */
  readonly audienceKey: 'audience' | 'clientAudience'
  readonly readSecret: (node: SourceNode) => Placed<string> | null
  readonly hasCertificate: boolean
}

export function readClient(object: ObjectNode, { access, audienceKey, readSecret, hasCertificate }: ClientReading): WrittenClient | null {
  const named = access.optional(object, 'authentication', (value) => access.oneOf(value, kinds))
  if (named === null && entry(object, 'authentication') !== null) return null
  const clientId = access.required(object, 'clientId', (value) => placedText(value, access))
  const kind = named ?? kindOf(object)
  const needed = kind === 'private_key_jwt' ? 'clientKey' : 'clientSecret'
  for (const key of ['clientSecret', 'clientKey', 'clientKeyId', audienceKey]) {
    const fits = kind !== 'tls' && (key === needed || (needed === 'clientKey' && key !== 'clientSecret'))
    const given = entry(object, key)
    if (given !== null && !fits) access.refuse(given, `\`${key}\` has no effect with \`authentication: ${kind}\``, `Leave it out.`)
  }
  if (kind === 'tls') {
    if (!hasCertificate) return access.refuse(object, '`authentication: tls` needs a client certificate', 'Give `certificate` and `key`.')
    return clientId === null ? null : { kind, clientId, proof: null, keyId: null, audience: null }
  }
  const proof = access.required(object, needed, (value) => (needed === 'clientKey' ? readKeyFile(value, access) : readSecret(value)))
  const signed = kind === 'private_key_jwt'
  const keyId = signed ? access.optional(object, 'clientKeyId', (value) => access.text(value)) : null
  const audience = signed ? access.optional(object, audienceKey, (value) => access.text(value)) : null
  return clientId === null || proof === null ? null : { kind, clientId, proof, keyId, audience }
}

/** `null` where a setting is malformed, which is reported. `usualAudience`: of an assertion, where nothing is said. */
export function settleClient(
  { kind, clientId: id, proof: written, keyId, audience }: WrittenClient,
  usedFor: string,
  usualAudience: SettingText,
  settle: Settle,
): ClientAuthenticationPlan | null {
  const clientId = settle(id, `client id for ${usedFor}`)
  if (kind === 'tls') return clientId === null ? null : { kind, clientId }
  const proof = settle(written!, `${kind === 'private_key_jwt' ? 'private key' : 'client secret'} for ${usedFor}`)
  if (clientId === null || proof === null) return null
  if (kind !== 'private_key_jwt') return { kind, clientId, clientSecret: proof }
  return { kind, clientId, keyFile: proof, keyId, audience: audience === null ? usualAudience : [audience] }
}

/** The same text for the same client. */
export function clientText({ kind, clientId, proof, keyId, audience }: WrittenClient): string {
  return JSON.stringify([kind, clientId.value, proof?.value, keyId, audience])
}

/** What is given says which kind is meant. */
function kindOf(object: ObjectNode): (typeof kinds)[number] {
  if (entry(object, 'clientSecret') !== null) return 'basic'
  if (entry(object, 'clientKey') !== null) return 'private_key_jwt'
  return entry(object, 'certificate') === null ? 'basic' : 'tls'
}

/** A path on the machine that runs the gateway. */
function readKeyFile(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const path = placedText(node, access)
  if (path === null || (holdsSetting(path.value) && !/[\r\n]/.test(path.value))) return path
  return access.refuse(
    node,
    '`clientKey` must be a setting that holds the path of a file',
    'Write for example `clientKey: ${CLIENT_KEY_FILE}`.',
  )
}
