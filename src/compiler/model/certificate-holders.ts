/** `clientCertificates.holders` of postern.yaml: whose certificate is whose, by what is in it. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { isKeyName } from './api-keys.ts'
import { readUnique } from './credential-entries.ts'
import { canonicalName } from './distinguished-name.ts'
import { placedText } from './placed-text.ts'
import { certificateHolderKeys, checkProjectKeys } from './project-keys.ts'
import type { Authority } from './types/authority.ts'
import type { CertificateHolder } from './types/client-certificates.ts'
import type { Placed } from './types/placed.ts'

export type ReadAuthorities = (node: SourceNode) => readonly Authority[] | null

/** One with mistakes is left out, which is reported. */
export function readCertificateHolders(
  node: SourceNode,
  readAuthorities: ReadAuthorities,
  access: NodeAccess,
): readonly CertificateHolder[] | null {
  const seen = new Map<string, SourceNode>()
  return (
    access
      .array(node)
      ?.items.map((item) => readHolder(item, seen, readAuthorities, access))
      .filter((holder) => holder !== null) ?? null
  )
}

const means = ['thumbprint', 'subject', 'san', 'authorities'] as const

function readHolder(
  node: SourceNode,
  seen: Map<string, SourceNode>,
  readAuthorities: ReadAuthorities,
  access: NodeAccess,
): CertificateHolder | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, certificateHolderKeys, access)
  const id = access.required(object, 'id', (value) => readUnique(value, seen, isKeyName, access))
  if (!means.some((key) => object.entries.has(key)))
    return access.refuse(object, 'nothing says which certificates are the holder’s', `Give one of ${means.join(', ')}.`)
  const optional = <T>(key: keyof typeof certificateHolderKeys, read: (value: SourceNode) => T | null): T | null | undefined =>
    object.entries.has(key) ? access.optional(object, key, read) : undefined
  const consumer = optional('consumer', (value) => readUnique(value, new Map(), isKeyName, access))
  const thumbprint = optional('thumbprint', (value) => readThumbprint(value, access))
  const subject = optional('subject', (value) => readSubject(value, access))
  const name = optional('san', (value) => readAlternativeName(value, access))
  const authorities = optional('authorities', readAuthorities)
  // What confines a holder and cannot be read must not leave it unconfined.
  if (id === null || [consumer, thumbprint, subject, name, authorities].includes(null)) return null
  return {
    id,
    consumer: consumer ?? id,
    thumbprint: thumbprint ?? null,
    subject: subject ?? null,
    name: name ?? null,
    authorities: authorities ?? null,
    at: object.at,
  }
}

/** As `openssl x509 -fingerprint -sha256` prints it, or without the colons. */
function readThumbprint(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  if (/^(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){31})$/.test(text)) return text.replaceAll(':', '').toLowerCase()
  const hint = 'Take it from `openssl x509 -noout -fingerprint -sha256 -in client.pem`.'
  return access.refuse(node, '`thumbprint` must be the SHA-256 of the certificate: 64 hex digits, perhaps with colons', hint)
}

function readSubject(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  const name = text === null ? null : canonicalName(text)
  if (text === null || name !== null) return name
  const hint = 'Take it from `openssl x509 -noout -subject -nameopt RFC2253 -in client.pem`, such as `CN=partner,O=Acme,C=DE`.'
  return access.refuse(node, '`subject` is not a distinguished name that can be compared (RFC 4514)', hint)
}

const alternativeNames: readonly RegExp[] = [
  /^DNS:[A-Za-z0-9_*-]+(?:\.[A-Za-z0-9_-]+)*$/,
  /^URI:[a-z][a-z0-9+.-]*:[!#-&(-+\--[\]-~]+$/,
  /^email:[!#-&(-+\--?A-[\]-~]+@[A-Za-z0-9.-]+$/,
]

/** What OpenSSL writes with quotes around it could be taken for two names. */
function readAlternativeName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  if (text.length <= 1024 && alternativeNames.some((form) => form.test(text)))
    return text.startsWith('DNS:') ? `DNS:${text.slice('DNS:'.length).toLowerCase()}` : text
  const hint = 'Write for example `DNS:client.example.com`, `URI:spiffe://example.com/client` or `email:client@example.com`.'
  return access.refuse(node, '`san` must be `DNS:`, `URI:` or `email:` and a name without commas, quotes and backslashes', hint)
}

/** Ids of holders, where only theirs will do. Nobody could meet an operation that accepts no holder. */
export function readHolderNames(node: SourceNode, access: NodeAccess): Placed<readonly Placed<string>[]> | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`certificates` is empty', 'Name the holders whose certificates will do.')
  const names = list.items.map((item) => placedText(item, access))
  return names.every((name) => name !== null) ? { value: names, at: node.at } : null
}
