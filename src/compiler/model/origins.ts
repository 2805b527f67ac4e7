/** Origins as browsers write them in `Origin` (WHATWG HTML, "serialization of an origin"): anything else would never match. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

/** The scheme, `://`, the host and perhaps a port: applications in a web view have schemes of their own. */
const ownScheme = /^[a-z][a-z0-9+.-]{0,30}:\/\/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?$/

/** `*`, `null` or an origin; anything else is reported. */
export function readOrigin(node: SourceNode, extensions: NodeAccess): string | null {
  // What YAML takes for no value at all.
  if (node.kind === 'scalar' && node.value === null) {
    return extensions.refuse(node, 'an origin is empty here', 'The origin `null` must stand in quotes: `"null"`.')
  }
  const text = extensions.text(node)
  if (text === null || text === '*' || text === 'null') return text
  if (text.includes('*')) {
    return extensions.refuse(node, 'an origin has no wildcards', 'Name each origin, or write `*` alone for every one.')
  }
  const serialised = /^https?:/i.test(text) ? webOrigin(text) : ownScheme.test(text) && !text.startsWith('file:') ? text : null
  if (serialised === text) return text
  const hint =
    serialised === null ? 'For example `https://app.example.com` or `http://localhost:8080`.' : `Browsers write \`${serialised}\`.`
  return extensions.refuse(node, 'this is no origin as browsers write it: scheme, host and perhaps a port', hint)
}

function webOrigin(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  return url === null || url.username !== '' || url.password !== '' || url.origin.length > 300 ? null : url.origin
}
