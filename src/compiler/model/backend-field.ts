/** Names of fields in which the gateway tells backends something. Clients' own fields of these names never reach a backend. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { credentialField } from './credential-field.ts'

/** What carries a credential, or says what the gateway says of the connection. */
const taken = ['authorization', 'proxy-authorization', 'dpop']

/** The name as it is written; `null` where the gateway cannot use it, which is reported. */
export function backendField(name: string, node: SourceNode, access: NodeAccess): string | null {
  const usable = credentialField(name)
  if (usable === null || taken.includes(usable))
    return access.refuse(
      node,
      `\`${name.slice(0, 80)}\` cannot be the name of this field`,
      'Write for example `X-JWT-Assertion` or `X-Consumer-Id`.',
    )
  // Backends that take `_` and `-` for one another would read two fields as one.
  return name.includes('_') ? access.refuse(node, `the name \`${name}\` holds \`_\``, 'Write `-` instead.') : name
}
