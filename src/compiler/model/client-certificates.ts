/** `clientCertificates` of postern.yaml: whose client certificates are believed, and the field in which a proxy hands one on. */
import { X509Certificate } from 'node:crypto'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { AuthorityFiles } from './authorities.ts'
import { readCertificateHolders } from './certificate-holders.ts'
import { credentialField } from './credential-field.ts'
import { checkProjectKeys, clientCertificateKeys } from './project-keys.ts'
import type { Authority } from './types/authority.ts'
import type { ClientCertificates } from './types/client-certificates.ts'
import type { Placed } from './types/placed.ts'

/** @param proxied whether the project names trusted proxies */
export function readClientCertificates(
  node: SourceNode,
  files: AuthorityFiles,
  proxied: boolean,
  access: NodeAccess,
): ClientCertificates | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, clientCertificateKeys, access)
  const authorities = access.required(object, 'authorities', (value) => readAuthorities(value, files, access))
  const own = (value: SourceNode): readonly Authority[] | null => readAuthorities(value, files, access)
  const holders = access.optional(object, 'holders', (value) => readCertificateHolders(value, own, access)) ?? []
  const header = access.optional(object, 'header', (value) => readHeader(value, access))
  if (header !== null && !proxied) {
    const hint = 'Name them in `trustedProxies`, or leave `header` out.'
    access.refuse(entry(object, 'header')!, '`header` is believed from trusted proxies only, and the project names none', hint)
  }
  const all = new Set([...(authorities ?? []), ...holders.flatMap((holder) => holder.authorities ?? [])])
  if (header !== null) for (const authority of all) reportConstrained(authority, access)
  return authorities === null ? null : { at: object.at, authorities, holders, header }
}

/** id-ce-nameConstraints (RFC 5280 §4.2.1.10) in DER. */
const nameConstraints = Buffer.from('0603551d1e', 'hex')

/** In a handshake TLS keeps the bounds that an authority's certificate sets to the names it may vouch for. */
function reportConstrained({ pem, subject, at }: Authority, { diagnostics }: NodeAccess): void {
  if (!new X509Certificate(pem).raw.includes(nameConstraints)) return
  const hint = 'Leave `clientCertificates.header` out, or name an authority without name constraints.'
  diagnostics.report('unusable-key', at, `name constraints of ${subject} cannot be enforced on certificates that come in a field`, hint)
}

function readAuthorities(node: SourceNode, files: AuthorityFiles, access: NodeAccess): readonly Authority[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`authorities` names no file')
  return list.items.flatMap((item) => {
    const value = access.text(item)
    return value === null ? [] : files.read({ value, at: item.at }).filter((authority) => isAuthority(authority, access))
  })
}

/** RFC 5280 §4.2.1.9. */
function isAuthority({ pem, subject, at }: Authority, { diagnostics }: NodeAccess): boolean {
  if (new X509Certificate(pem).ca) return true
  const hint = 'Give the certificate of the authority that signs the clients’ certificates.'
  diagnostics.report('unusable-key', at, `the certificate of ${subject} is not an authority’s: its basic constraints do not say so`, hint)
  return false
}

function readHeader(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const text = access.text(node)
  if (text === null) return null
  const name = credentialField(text)
  return name === null || name === 'authorization'
    ? access.refuse(node, 'no certificate can travel in a field of that name', 'Write for example `X-WSO2-CLIENT-CERTIFICATE`.')
    : { value: name, at: node.at }
}
