/** Looks at every text of postern.yaml: settings stand only where they may, and secrets nowhere. */
import type { Diagnostics } from '../diagnostics.ts'
import type { ObjectNode, ScalarNode, SourceNode } from '../source/source-node.ts'
import { projectKeys } from './project-keys.ts'
import { holdsSetting } from './setting-text.ts'

type Text = { readonly node: ScalarNode; readonly owner: string; readonly key: string; readonly section: string }

export function checkProjectTexts(root: ObjectNode, diagnostics: Diagnostics): void {
  visitTexts(root, (text) => {
    if (holdsSetting(text.node.text) && !mayHoldSetting(text)) {
      diagnostics.report('setting-not-allowed', text.node.at, `\`${text.key}\` cannot be a setting: it is fixed when the gateway is built`)
    }
    if (holdsSecret(text)) {
      diagnostics.report('secret-in-file', text.node.at, `\`${text.key}\` holds a secret, which would be baked into the gateway`)
    }
  })
}

/** Of a backend's `credential`. */
const credentialKinds: ReadonlySet<string> = new Set(['basic', 'digest', 'apiKey', 'clientCredentials'])
const credentialTexts: ReadonlySet<string> = new Set([
  'user',
  'password',
  'certificate',
  'key',
  'url',
  'clientId',
  'clientSecret',
  'clientKey',
])

const throttlingTexts: ReadonlySet<string> = new Set(['url', 'secret', 'username', 'password', 'certificate', 'key'])

/** Sections of later features hold addresses and credentials; they are refused as a whole, so nothing in them is judged here. */
function mayHoldSetting({ owner, key, section }: Text): boolean {
  if (section === 'apis') {
    if (credentialKinds.has(owner)) return credentialTexts.has(key)
    const inBackend = owner === 'backend' || owner === 'sandboxBackend'
    return key === 'backend' || key === 'sandboxBackend' || (inBackend && ['url', 'certificate', 'key'].includes(key))
  }
  if (section === 'revocation') return ['persist', 'url', 'endpoints', 'topic', 'username', 'password'].includes(key)
  if (section === 'backendToken') return owner === 'backendToken' && key === 'key'
  if (section === 'issuers') {
    if (owner === 'introspection') return ['url', 'clientId', 'clientSecret', 'clientKey', 'certificate', 'key'].includes(key)
    if (owner === 'keys') return ['url', 'certificate', 'key'].includes(key)
    if (owner === 'cache') return key === 'url' || key === 'secret'
    const inEndpoint = ['token', 'revoke', 'authorize', 'userinfo'].includes(owner)
    return (owner === 'passThrough' && key !== 'basePath') || (inEndpoint && ['url', 'certificate', 'key'].includes(key))
  }
  const isLater = Object.hasOwn(projectKeys, section) && new Map<string, string>(Object.entries(projectKeys)).get(section) === 'later'
  return isLater || (section === 'throttling' && throttlingTexts.has(key))
}

function holdsSecret({ node, owner, key, section }: Text): boolean {
  const literal = withoutSettings(node.text)
  if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(literal) || holdsPassword(node.text)) return true
  // Looked at where backends are read, as in definitions.
  if (section === 'apis' && credentialKinds.has(owner)) return false
  const named = /(?:secret|password|passphrase)$/i.test(key) || (owner === 'backendToken' && key === 'key')
  return named && literal !== ''
}

/** Whether the text is a URL with a password in it; a password that is a setting is none. */
export function holdsPassword(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:[^\s/?#@]+@/i.test(withoutSettings(text))
}

/** What is left in the file of a text: its literals, and the defaults of its settings. */
export function withoutSettings(text: string): string {
  return text.replaceAll(/\$\{[^{}:]*(?::-([^{}]*))?\}/g, (_, standard: string | undefined) => standard ?? '')
}

/** An alias can lead to one value from many places: a mapping or list is looked at once. */
function visitTexts(root: ObjectNode, look: (text: Text) => void): void {
  const seen = new Set<SourceNode>()
  const visit = (node: SourceNode, owner: string, key: string, section: string): void => {
    if (node.kind === 'scalar') {
      if (node.value !== null) look({ node, owner, key, section })
      return
    }
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'array') for (const item of node.items) visit(item, owner, key, section)
    else for (const [name, { value }] of node.entries) visit(value, key, name, section)
  }
  for (const [section, { value }] of root.entries) visit(value, '', section, section)
}
