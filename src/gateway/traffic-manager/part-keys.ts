/** Keys under which decisions are kept that are about some of a key's requests: those for whom a list of conditions holds. */

/** In the place of a list that could not be read. */
export const everybody = 'everybody'

export function partKey(list: string, base: string): string {
  return `${list} ${base}`
}
