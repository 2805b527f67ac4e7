/**
 * WSO2's `permittedReferer`: `www.example.com/path`, `sub.example.com/*`, `*.example.com/*`, perhaps with a scheme in front. A `*` of the
 * host stands for labels of it and nothing beyond, so that no other host can be made to look like it.
 */
import { pageOf } from '../page-origin.ts'

type Pattern = { readonly scheme: string | null; readonly host: string; readonly path: string | null }

/** Whether the page that sends a request, by the lines of its head, is one of them. */
export function permittedReferers(texts: readonly string[]): (lines: string) => boolean {
  const patterns = texts.map(readPattern)
  return (lines) => {
    const page = pageOf(lines)
    return page !== null && patterns.some((pattern) => matches(pattern, page))
  }
}

function readPattern(text: string): Pattern {
  const [, scheme = null, host = '', path = null] = /^(?:([a-z]+):\/\/)?([^/?#]*)(.*)$/s.exec(text) ?? []
  return { scheme, host: host.toLowerCase(), path: path === '' ? null : path }
}

/** `Origin` says no path: a pattern with one other than `/*` is then not met. */
function matches({ scheme, host, path }: Pattern, page: URL): boolean {
  if (scheme !== null && page.protocol !== `${scheme}:`) return false
  return glob(host, page.host) && (path === null || glob(path, page.pathname + page.search))
}

/** `*` stands for any characters. Linear in the text for each star of the pattern. */
function glob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let position = first.length
  const end = text.length - last.length
  for (const part of rest) {
    const found = text.indexOf(part, position)
    if (found === -1 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}
