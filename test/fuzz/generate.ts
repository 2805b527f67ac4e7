/**
 * Makes streams of requests: some in order, some with one of the oddities that parsers disagree about, some with bytes changed at
 * random. Text is latin1: one character, one byte.
 */
import type { Random } from '../random.ts'

/** Above this a body is refused; no generated body comes near it. */
export const maxBody = 1024

const methods = ['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE']
const oddMethods = ['get', 'CONNECT', 'PRI', 'M-SEARCH', 'FOO', 'G', 'GETT', 'QUERY', "!#$%&'*+-.^_`|~", 'GE\tT', '', 'GET ']

const segments = ['a', 'bc', 'x.y', '%41', '%2F', 'a%2fb', '%C3%A9', 'a;b=c', "-._~!$&'()*+,=:@", '%20', '1']
const oddSegments = [
  '.',
  '..',
  '%2e%2e',
  '..;x',
  '..%2F',
  '%',
  '%zz',
  '%00',
  '%ff',
  '\\',
  '%5c',
  '\xe9',
  '"',
  '<',
  '|',
  '[',
  '{',
  '^',
  '`',
  '#',
  '',
  ' ',
  '\t',
  '\0',
  '%u0041',
  '%c0%ae',
  '%252e',
]

const queries = ['', '', '', '?', '?a=b', '?a[]=%41&b=/?:@', '?x|y^z`{"<>}', '?%2F..%2F']
const oddQueries = ['?%', '?#', '?\\', '?\xe9', '?%00', '?a b', '?%ff', '#', '?%5C']

const versions = ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0']
const oddVersions = [
  'HTTP/1.2',
  'HTTP/2.0',
  'HTTP/0.9',
  'http/1.1',
  'HTTP/1.',
  'HTTP/1',
  'HTTP/11.1',
  'HTTP/1.1 ',
  '',
  'RTSP/1.0',
  'ICE/1.0',
  'HTTP/1.01',
]

const hosts = ['Host: a', 'Host: example.com', 'host: a:80', 'HOST:a', 'Host:\t[::1]:8080 ', 'Host: 127.0.0.1']
const oddHosts = [
  '',
  'Host:',
  'Host: a b',
  'Host: a,b',
  'Host: u@a',
  'Host: a/b',
  'Host: a\r\nHost: a',
  'Host : a',
  'Ho_st: a',
  'Host: \xe9',
  'Host: a:b',
  'Host: a?b',
  'Host: "a"',
]

const fields = [
  'X-A: b',
  'x-a:b',
  'X-Empty:',
  'X-Spaces: \t b c \t',
  'X-Latin: caf\xe9 \x80\xff',
  'Accept: */*',
  'Cookie: a=b; c=d',
  'Authorization: Bearer abc',
  'X-Forwarded-For: 6.6.6.6',
  'X_Forwarded_For: 6.6.6.6',
  'Forwarded: for=6.6.6.6',
  'X-Request-Id: forged',
  'Via: 1.1 other',
  'TE: trailers',
  'Trailer: X-T',
  'Keep-Alive: timeout=5',
  'Proxy-Connection: close',
  "!#$%&'*+-.^_`|~: token",
  'Content-Type: text/plain',
  'Expect: 100-continue',
  'Transfer_Encoding: chunked',
  'Content_Length: 3',
]
const oddFields = [
  ' X: folded',
  '\tX: folded',
  'X : y',
  ': y',
  'X',
  'X Y: z',
  'X\0: y',
  'X: a\0b',
  'X: a\x01b',
  'X: a\x7fb',
  'X: a\rb',
  'X: a\nb',
  'X\xe9: y',
  '"X": y',
  'X: y\r\n z',
  'Authorization: a\r\nAuthorization: b',
  'Expect: x',
  'Expect: 100-continue\r\nExpect: x',
  'Upgrade: websocket\r\nConnection: upgrade',
  'HTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
]

const connections = [
  '',
  '',
  '',
  '',
  'Connection: keep-alive',
  'Connection: close',
  'connection: X-A, keep-alive',
  'Connection: close, te',
  'Connection: Content-Length',
  'Connection:',
]
const oddConnections = [
  'Connection: a b',
  'Connection: "close"',
  'Connection: close;q=1',
  'Connection: keep-alive\r\nConnection: close',
  'Connection: \xe9',
  'Connection: ,,close,',
]

const oddLengths = [
  '+5',
  '-5',
  '5, 5',
  '5,5',
  '0x5',
  '5.0',
  '',
  ' ',
  '05',
  '00000000000000000005',
  '18446744073709551621',
  '9007199254740992',
  '5 5',
  '1e1',
  '"5"',
  '2000',
  '5\t',
]
const oddEncodings = [
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'xchunked',
  'chunked;q=1',
  '',
  ' chunked ',
  'Chunked',
  'CHUNKED',
  '\x0bchunked',
  '"chunked"',
  'chunked,',
  ',chunked',
  'chunked\r\nTransfer-Encoding: chunked',
]

const extensions = ['', '', '', '', ';a', ';a=b', ';a="b c";d']
const oddExtensions = [
  ';',
  ';;',
  '; a',
  ' ;a',
  ' ',
  '\t',
  ';a=',
  ';a="',
  ';a b',
  ';\xe9',
  ';a\rb',
  ';a\nb',
  ';a="\\""',
  ';=b',
  ';a=b=c',
  `;${'a'.repeat(300)}`,
]

const oddSizes = [
  '0x5',
  '+5',
  '-5',
  ' 5',
  '5 ',
  '5_',
  '',
  'g',
  '000000005',
  '00000005',
  'FFFFFFFF',
  '100000005',
  '10000000000000005',
  '"5"',
]

const trailers = ['', '', '', '', 'X-T: y\r\n', 'X-T:\r\nX-U: z\r\n']
const oddTrailers = [
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'X : y\r\n',
  'X\r\n',
  ' X: y\r\n',
  'X: \0\r\n',
  'X: y\n',
  'Host: b\r\n',
  'X: y\r\n z\r\n',
]

const oddLineEnds = ['\n', '\r', '\r\r\n', '\n\r', '', '\r\n\r\n', ' \r\n', '\r\n ']

/** What is thrown in at random places. */
const fragments = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ',',
  ';',
  '%',
  '/',
  '.',
  '\x80',
  '\xff',
  '0',
  '5',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'GET / HTTP/1.1\r\n',
  'chunked',
  '\r\n\r\n',
  'Host: b\r\n',
  '\x0b',
  '_',
  '-',
]

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

function mutated(random: Random, text: string): string {
  let changed = text
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at = random.below(changed.length + 1)
    const length = random.pick([0, 0, 1, 1, 2, 5])
    const inserted = random.onceIn(3) ? '' : random.onceIn(4) ? String.fromCharCode(random.below(256)) : random.pick(fragments)
    const copied = random.onceIn(8) ? changed.slice(at, at + random.below(20)) : ''
    changed = changed.slice(0, at) + inserted + copied + changed.slice(at + length)
  }
  return changed
}
