/**
 * Keeps a key that stands in the query from clients. Backends repeat the address that they were asked for: in redirects, in links to
 * the next page, in cookies that say where to go on.
 */
import { withoutParameter } from './query-parameter.ts'

/** Fields that hold addresses: RFC 9110 §10.2.2 and §8.7, RFC 8288, and `Refresh` of the HTML Living Standard. */
const addressed = /^(?:location|content-location|link|refresh):.*$/gim
/** Up to the fragment, or to what ends an address in `Link`. */
const query = /\?([^#<>"\s]+)/g
/** How often an address may have been put into another one. */
const maximumRounds = 4

export class HiddenKey {
  readonly #parameter: string
  readonly #key: string

  constructor(parameter: string, key: string) {
    this.#parameter = parameter
    this.#key = plain(key)
  }

  /** Field lines without the parameter; those that hold the key all the same are left out. */
  withhold(lines: string): string {
    const without = lines.replace(addressed, (line) => line.replace(query, (_, text: string) => this.#without(text)))
    if (!this.#isIn(without)) return without
    return without
      .split(/(?<=\n)/)
      .filter((line) => !this.#isIn(line))
      .join('')
  }

  #without(text: string): string {
    const rest = withoutParameter(text, this.#parameter)
    return rest === '' ? '' : `?${rest}`
  }

  #isIn(text: string): boolean {
    return plain(text).includes(this.#key)
  }
}

/** Without escapes, also those of escapes, and in one case. */
function plain(text: string): string {
  let decoded = text
  for (let round = 0; round < maximumRounds && decoded.includes('%'); round++)
    decoded = decoded.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
  return decoded.replaceAll('+', ' ').toLowerCase()
}
