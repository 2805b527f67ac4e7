/** A password, key or secret of a `credential`. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { placedText } from './placed-text.ts'
import { withoutSettings } from './project-texts.ts'
import { holdsSetting } from './setting-text.ts'
import type { Placed } from './types/placed.ts'

/** Nothing secret is baked: it is a setting, perhaps behind the name of a scheme, as in `Bearer ${TOKEN}`. */
export function readSecret(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const secret = placedText(node, access)
  if (secret === null) return null
  const literal = withoutSettings(secret.value)
  if (holdsSetting(secret.value) && (literal === '' || /^[A-Za-z][A-Za-z-]{0,19} $/.test(literal))) return secret
  access.diagnostics.report('secret-in-file', secret.at, `\`${node.step}\` holds a secret, which would be baked into the gateway`)
  return null
}
