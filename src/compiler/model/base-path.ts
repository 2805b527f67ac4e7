/** The path under which an API stands at the gateway. */
import { entry } from '../source/node-access.ts'
import type { Definition } from './definition.ts'
import { canonicalPathText, hasDotSegment } from './path-text.ts'
import type { Placed } from './types/placed.ts'

/**
 * The project's `basePath`, else the definition's `x-wso2-basePath`, in which `{version}` stands for `info.version`, else the path of its
 * first server, else the root. Canonical, without the slash at its end.
 */
export function readBasePath(definition: Definition): Placed<string> {
  const path = definition.project.entry.basePath ?? wso2BasePath(definition) ?? serverPath(definition)
  if (path === null) return { value: '', at: definition.root.at }
  const value = canonicalBasePath(path.value)
  if ('text' in value) return { value: value.text, at: path.at }
  definition.diagnostics.report('invalid-path', path.at, `the base path ${value.problem}`)
  return { value: '', at: path.at }
}

export function canonicalBasePath(path: string): { readonly text: string } | { readonly problem: string } {
  if (!path.startsWith('/')) return { problem: 'must begin with a slash' }
  if (/[{}]/.test(path)) return { problem: 'cannot have parameters' }
  if (path.length > 1024) return { problem: 'has over 1024 characters' }
  if (/[?#]/.test(path)) return { problem: 'cannot have a query or a fragment' }
  const canonical = canonicalPathText(path)
  if (canonical.kind === 'refused') return { problem: `cannot be requested: ${canonical.problem}` }
  if (hasDotSegment(canonical.text)) return { problem: 'holds a dot segment, and no request for it is let in' }
  return { text: canonical.text.replace(/\/$/, '') }
}

function wso2BasePath({ root, extensions, version }: Definition): Placed<string> | null {
  const node = entry(root, 'x-wso2-basePath')
  const text = node === null ? null : extensions.text(node)
  if (node === null || text === null) return null
  return { value: text.replace('{version}', () => encodeURIComponent(version.toWellFormed())), at: node.at }
}

/** A setting's value is not known before the gateway starts, so the path behind it cannot be known here. */
function serverPath(definition: Definition): Placed<string> | null {
  const server = definition.dialect.server(definition.root, definition)
  if (server === null || server === 'refused') return null
  const path = server.value.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  if (path.includes('${')) {
    definition.access.refuse(definition.root, 'the base path cannot be taken from a server with a setting in it', 'Give `apis[].basePath`.')
    return null
  }
  return { value: path.startsWith('/') ? path : `/${path}`, at: server.at }
}
