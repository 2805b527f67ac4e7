/**
 * Every value of every parameter in a query, by name, both decoded as forms are (URL standard §5.1); escapes that are no UTF-8 count as
 * they stand.
 */
export function queryParameters(query: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const pair of query.slice(1).split('&')) {
    const equals = pair.indexOf('=')
    const name = decoded(equals === -1 ? pair : pair.slice(0, equals))
    const value = equals === -1 ? '' : decoded(pair.slice(equals + 1))
    const values = found.get(name)
    if (values === undefined) found.set(name, new Set([value]))
    else values.add(value)
  }
  return found
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
