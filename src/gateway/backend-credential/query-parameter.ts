/**
 * The query without every parameter of a name. Names are compared as backends might read them: decoded, without regard to case, `;` also
 * between parameters, and as PHP has them, which takes `.`, `[` and spaces for `_`.
 */
export function withoutParameter(query: string, name: string): string {
  const wanted = folded(name)
  const parts = query.split('&').flatMap((part) => {
    const pieces = part.split(';')
    const kept = pieces.filter((piece) => folded(piece.split('=', 1)[0]!) !== wanted)
    if (kept.length === pieces.length) return [part]
    return kept.length === 0 ? [] : [kept.join(';')]
  })
  return parts.join('&')
}

function folded(text: string): string {
  return decoded(text.replaceAll('+', ' ')).trim().toLowerCase().replace(/\[.*$/s, '').replaceAll(/[ .]/g, '_')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
