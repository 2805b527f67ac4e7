/** Looks for secrets in a long text, at each place once, however many there are. */

/** Characters at the start of a secret that give it away: no secret is shorter. */
const telling = 16

/** Where they stand, with what is around them; the first few. */
export function leaks(text: string, secrets: Iterable<string>): readonly string[] {
  const starts = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < telling) throw new Error('a secret is too short to be told from other text')
    starts.add(secret.slice(0, telling))
  }
  const found: string[] = []
  for (let at = 0; at + telling <= text.length && found.length < 5; at++) {
    if (starts.has(text.slice(at, at + telling))) found.push(text.slice(Math.max(0, at - 60), at + telling))
  }
  return found
}
