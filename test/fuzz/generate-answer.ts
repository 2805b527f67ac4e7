/** Makes answers of backends: some in order, some with one oddity, some with bytes changed at random. Text is latin1. */
import type { Random } from '../random.ts'
import { mutated } from './mutate.ts'

const starts = [
  'HTTP/1.1 200 OK',
  'HTTP/1.1 200 OK',
  'HTTP/1.1 404 Not Found',
  'HTTP/1.1 200 ',
  'HTTP/1.1 200',
  'HTTP/1.0 200 OK',
  'HTTP/1.1 599 x',
]
const emptyStarts = ['HTTP/1.1 204 No Content', 'HTTP/1.1 304 Not Modified']
const oddStarts = [
  'HTTP/2 200',
  'HTTP/2.0 200 OK',
  'HTTP/1.2 200 OK',
  'HTTP/0.9 200 OK',
  'http/1.1 200 OK',
  'HTTP/1.1 099 x',
  'HTTP/1.1 600 x',
  'HTTP/1.1 20 x',
  'HTTP/1.1 2000 x',
  'HTTP/1.1  200 OK',
  'HTTP/1.1\t200 OK',
  'HTTP/1.1 200 O\0K',
  'HTTP/1.1 200 caf\xe9',
  'HTTP/1.1 +20 OK',
  'ICY 200 OK',
  '\r\nHTTP/1.1 200 OK',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade',
]
const interims = [
  '',
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n',
  'HTTP/1.1 103 x\r\nContent-Length: 5\r\n\r\n',
]

const fields = [
  'Content-Type: text/plain',
  'Set-Cookie: a=b',
  'set-cookie: c=d',
  'X-Empty:',
  'X-Latin: \xe9\x80',
  'Connection: close',
  'Connection: X-A',
  'X-A: b',
  'Keep-Alive: timeout=5',
  'Trailer: X-T',
  'Date: Thu, 01 Jan 2026 00:00:00 GMT',
  'Upgrade: h2c',
]
const oddFields = [
  ' X: folded',
  'X : y',
  ': y',
  'X',
  'X\0: y',
  'X: a\0b',
  'X: a\rb',
  'X: a\nb',
  'X: y\r\n z',
  'Transfer_Encoding: chunked',
  'X: \x7f',
  '"X": y',
  'Connection: a b',
]

const oddLengths = [
  '+5',
  '-5',
  '5, 5',
  '0x5',
  '',
  '05',
  '99999999999999999999',
  '5\r\nContent-Length: 5',
  '5\r\nTransfer-Encoding: chunked',
  '1',
  '50',
]
const oddEncodings = [
  'identity',
  'gzip, chunked',
  'chunked, chunked',
  'xchunked',
  '',
  ' chunked ',
  'Chunked',
  'chunked\r\nTransfer-Encoding: chunked',
]
const oddSizes = ['0x5', '+5', ' 5', '5 ', '', '000000005', '5;a', '5;a="b"', '5; a', '5;\n', 'ffffffff']
const contents = ['', 'a', 'hello', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '0\r\n\r\n', '\r\n']

/** The bytes that a backend sends before it closes the connection. */
export function makeAnswer(random: Random): string {
  const odd = random.pick([0, 0, 1, 1, 2])
  const pick = (usual: readonly string[], unusual: readonly string[]): string => random.pick(odd > 0 && random.onceIn(6) ? unusual : usual)
  const lines = [random.onceIn(8) ? random.pick(emptyStarts) : pick(starts, oddStarts)]
  for (let count = random.below(4); count > 0; count--) lines.push(pick(fields, oddFields))
  const content = random.pick(contents)
  const [framing, body] = frame(random, content, pick)
  if (framing !== '') lines.splice(1 + random.below(lines.length), 0, framing)
  const text = `${random.pick(interims)}${lines.join('\r\n')}\r\n\r\n${body}`
  return odd > 1 ? mutated(random, text) : text
}

function frame(
  random: Random,
  content: string,
  pick: (usual: readonly string[], unusual: readonly string[]) => string,
): readonly [framing: string, body: string] {
  switch (random.below(3)) {
    case 0:
      return [`Content-Length: ${pick([String(content.length)], oddLengths)}`, content]
    case 1: {
      const chunk = content === '' ? '' : `${pick([content.length.toString(16)], oddSizes)}\r\n${content}\r\n`
      return [
        `Transfer-Encoding: ${pick(['chunked'], oddEncodings)}`,
        `${chunk}0\r\n${pick(['', 'X-T: y\r\n'], ['Content-Length: 5\r\n', 'X : y\r\n', 'X\r\n'])}\r\n`,
      ]
    }
    default:
      return ['', content]
  }
}
