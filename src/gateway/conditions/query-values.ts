/** Every value of a parameter in a query, decoded as forms are (URL standard §5.1); escapes that are no UTF-8 count as they stand. */
export function queryValues(query: string, name: string): readonly string[] {
  const found: string[] = []
  for (const pair of query.slice(1).split('&')) {
    const equals = pair.indexOf('=')
    if (decoded(equals === -1 ? pair : pair.slice(0, equals)) === name) found.push(equals === -1 ? '' : decoded(pair.slice(equals + 1)))
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
