/** `securityConfig` of WSO2's Endpoint object: user and password for a backend. */
import type { SourceNode } from '../source/source-node.ts'
import { passwordCredential, type WrittenCredential } from './backend-credential.ts'
import type { Definition } from './definition.ts'
import { placedText } from './placed-text.ts'
import { readSecret } from './secret.ts'

/** `setting`: the name under which WSO2 is given the password, which never stands in its definitions. */
export function readWso2Security(node: SourceNode, setting: string, { extensions, diagnostics }: Definition): WrittenCredential | null {
  const object = extensions.object(node)
  if (object === null) return null
  extensions.checkKeys(object, ['type', 'username', 'password'])
  const type = extensions.required(object, 'type', (value) => placedText(value, extensions))
  const kind = type?.value.toLowerCase()
  if (type !== null && kind !== 'basic' && kind !== 'digest') {
    diagnostics.report('not-supported-yet', type.at, 'only `basic` and `digest` are supported towards backends')
    return null
  }
  const user = extensions.required(object, 'username', (value) => placedText(value, extensions))
  const named = object.entries.has('password')
  const written = extensions.optional(object, 'password', (value) => readSecret(value, extensions))
  if (user === null || (named && written === null) || kind === undefined) return null
  const password = written ?? { value: `\${${settingName(setting)}}`, at: user.at }
  return passwordCredential(kind === 'basic' ? 'basic' : 'digest', user, password, object.at)
}

/** Settings have upper-case names. */
function settingName(text: string): string {
  const name = text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .slice(0, 100)
  return /^[A-Z_]/.test(name) ? name : `_${name}`
}
