/** A document for people, before it is Markdown or HTML. What strangers wrote stands in it as text, and is told apart from our own words. */

/** Words of ours, and `code`: names and texts of definitions and projects. */
export type Inline = readonly (string | { readonly code: string })[]

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: Inline }
  | { readonly kind: 'paragraph'; readonly text: Inline }
  | { readonly kind: 'list'; readonly items: readonly Inline[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly Inline[])[] }

/** Words of ours with texts of others in them. */
export function say(words: TemplateStringsArray, ...others: readonly (string | number | Inline)[]): Inline {
  return words.flatMap((word, index) => {
    const other = others[index]
    if (other === undefined) return [word]
    return typeof other === 'object' ? [word, ...other] : [word, { code: String(other) }]
  })
}

/** Text in which backticks set off what others wrote, as in the words for rules. */
export function ticked(text: string): Inline {
  return text.split(/(`[^`]*`)/).map((part) => (/^`[^`]+`$/.test(part) ? { code: part.slice(1, -1) } : part))
}
