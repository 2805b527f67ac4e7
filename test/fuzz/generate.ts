/**
 * Makes streams of requests: some in order, some with one of the oddities that parsers disagree about, some with bytes changed at
 * random. Text is latin1: one character, one byte.
 */
import type { Random } from '../random.ts'
import { mutated } from './mutate.ts'
import {
  connections,
  extensions,
  fields,
  hosts,
  methods,
  oddConnections,
  oddEncodings,
  oddExtensions,
  oddFields,
  oddHosts,
  oddLengths,
  oddLineEnds,
  oddMethods,
  oddQueries,
  oddSegments,
  oddSizes,
  oddTrailers,
  oddVersions,
  queries,
  segments,
  trailers,
  versions,
} from './request-pieces.ts'

/** Above this a body is refused; no generated body comes near it. */
export const maxBody = 1024

/** How much is odd: nothing in a third of all streams. */
export function makeStream(random: Random): string {
  const oddity = random.pick([0, 0, 1, 1, 2, 3])
  const writer = new StreamWriter(random, oddity)
  let text = random.onceIn(10) ? '\r\n' : ''
  const count = random.pick([1, 1, 1, 2, 3])
  for (let index = 0; index < count; index++) text += writer.request()
  return oddity > 1 && random.onceIn(2) ? mutated(random, text) : text
}

class StreamWriter {
  readonly #random: Random
  /** Pieces that may still be odd. */
  #left: number

  constructor(random: Random, oddities: number) {
    this.#random = random
    this.#left = oddities
  }

  /** One of `usual`; or, where oddities are left and now and then, one of `odd`. */
  #pick(usual: readonly string[], odd: readonly string[], rarity = 12): string {
    if (this.#left > 0 && this.#random.onceIn(rarity)) {
      this.#left--
      return this.#random.pick(odd)
    }
    return this.#random.pick(usual)
  }

  #lineEnd(): string {
    return this.#pick(['\r\n'], oddLineEnds, 60)
  }

  request(): string {
    const [framing, body] = this.#body()
    const lines = [this.#pick(hosts, oddHosts), this.#pick(connections, oddConnections), framing]
    for (let count = this.#random.below(4); count > 0; count--) lines.push(this.#pick(fields, oddFields))
    const start = `${this.#pick(methods, oddMethods)}${this.#pick([' '], ['  ', '\t', ''], 40)}${this.#target()}${this.#pick([' '], ['  ', '\t', ''], 40)}`
    let text = `${start}${this.#pick(versions, oddVersions)}${this.#lineEnd()}`
    for (const line of this.#shuffled(lines)) if (line !== '') text += line + this.#lineEnd()
    return `${text}${this.#lineEnd()}${body}`
  }

  #target(): string {
    const form = this.#random.below(12)
    if (form === 0 && this.#left > 0) return this.#pick(['*'], ['a', '', '?a', 'http:', '//', 'a:80', 'http://', 'ftp://a/b'], 2)
    const authority =
      form === 1
        ? this.#pick(['http://a', 'HTTP://example.com', 'https://a:80'], ['http://u@a', 'http://a b', 'http://a#', 'http://'], 4)
        : ''
    let path = ''
    for (let count = 1 + this.#random.below(3); count > 0; count--) path += `/${this.#pick(segments, oddSegments, 8)}`
    return authority + (this.#random.onceIn(6) ? '/' : path) + this.#pick(queries, oddQueries, 10)
  }

  /** Framing lines and the bytes of the body. */
  #body(): readonly [string, string] {
    const content = this.#random.pick([
      '',
      'a',
      'abcde',
      '0123456789',
      'GET /b HTTP/1.1\r\nHost: a\r\n\r\n',
      '0\r\n\r\n',
      '\r\n\r\n',
      '\0\xff\n',
    ])
    switch (this.#random.below(6)) {
      case 0:
        return [`Content-Length: ${this.#pick([String(content.length)], oddLengths, 4)}`, content]
      case 1:
        return [
          `content-length:${this.#pick([String(content.length)], [`${content.length}\r\nContent-Length: ${content.length}`, `${content.length}\r\nTransfer-Encoding: chunked`], 4)}`,
          content,
        ]
      case 2:
      case 3:
        return [`Transfer-Encoding: ${this.#pick(['chunked'], oddEncodings, 4)}`, this.#chunks(content)]
      default:
        return ['', '']
    }
  }

  #chunks(content: string): string {
    let text = ''
    for (let at = 0; at < content.length; ) {
      const length = 1 + this.#random.below(content.length - at)
      const size = this.#random.onceIn(4) ? length.toString(16).toUpperCase().padStart(4, '0') : length.toString(16)
      text += `${this.#pick([size], [...oddSizes, size.padStart(9, '0')], 10)}${this.#pick(extensions, oddExtensions, 15)}${this.#lineEnd()}`
      text += `${content.slice(at, at + length)}${this.#lineEnd()}`
      at += length
    }
    return `${text}0${this.#pick(extensions, oddExtensions, 15)}${this.#lineEnd()}${this.#pick(trailers, oddTrailers, 10)}${this.#lineEnd()}`
  }

  #shuffled(lines: readonly string[]): readonly string[] {
    return lines
      .map((line) => ({ line, at: this.#random.next() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ line }) => line)
  }
}
