/** Changes a few bytes of a message at random. */
import type { Random } from '../random.ts'

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

export function mutated(random: Random, text: string): string {
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
