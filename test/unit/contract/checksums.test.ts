import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checksumsText, readChecksums } from '../../../src/contract/checksums.ts'

const digests = new Map([
  ['manifest.json', 'b'.repeat(64)],
  ['Dockerfile', 'a'.repeat(64)],
])
const text = `${'a'.repeat(64)}  Dockerfile\n${'b'.repeat(64)}  manifest.json\n`

test('files are named in one order, and read again', () => {
  assert.equal(checksumsText(digests), text)
  assert.deepEqual(readChecksums(text), digests)
})

test('whatever byte is changed, it is another list or none', () => {
  for (let index = 0; index < text.length; index++) {
    for (const byte of ['\n', ' ', '/', '.', '0', 'A', '\0']) {
      if (byte === text[index]) continue
      const read = readChecksums(text.slice(0, index) + byte + text.slice(index + 1))
      if (read !== null) assert.notDeepEqual(read, digests, `${index}`)
    }
  }
})

test('text of another form is none', () => {
  const one = `${'a'.repeat(64)}  Dockerfile\n`
  const bad = [
    one.trimEnd(),
    `${one}\n`,
    `${one}${one}`,
    `${'b'.repeat(64)}  manifest.json\n${one}`,
    `${'a'.repeat(64)}  ../Dockerfile\n`,
    `${'a'.repeat(64)}  SHA256SUMS\n`,
    `${'A'.repeat(64)}  Dockerfile\n`,
    `${'a'.repeat(64)} *Dockerfile\n`,
    one.replace('\n', '\r\n'),
  ]
  for (const each of bad) assert.equal(readChecksums(each), null, JSON.stringify(each))
})
