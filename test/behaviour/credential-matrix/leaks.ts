/** Looks for secrets in a long text. It is read in steps, so that many secrets in much text take no time. */

/** Characters at the start of a secret that give it away: no secret is shorter. */
const telling = 16
/** However such a start lies in a text, a step begins in its first half. */
const step = telling / 2

/** Where they stand, with what is around them; the first few. */
export function leaks(text: string, secrets: Iterable<string>): readonly string[] {
  const pieces = piecesOf(secrets)
  const found: string[] = []
  for (let at = 0; at < text.length && found.length < 5; at += step) {
    for (const { start, offset } of pieces.get(text.slice(at, at + step)) ?? []) {
      if (text.startsWith(start, at - offset)) found.push(text.slice(Math.max(0, at - 60), at + telling))
    }
  }
  return found
}

type Piece = { readonly start: string; readonly offset: number }

/** Every piece that a step may find, with the start that it is of. */
function piecesOf(secrets: Iterable<string>): ReadonlyMap<string, readonly Piece[]> {
  const starts = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < telling) throw new Error('a secret is too short to be told from other text')
    starts.add(secret.slice(0, telling))
  }
  const pieces = new Map<string, Piece[]>()
  for (const start of starts) {
    for (let offset = 0; offset < step; offset++) {
      const piece = start.slice(offset, offset + step)
      pieces.set(piece, [...(pieces.get(piece) ?? []), { start, offset }])
    }
  }
  return pieces
}
