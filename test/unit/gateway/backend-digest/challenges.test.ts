import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readChallenges, readParameters } from '../../../../src/gateway/backend-digest/challenges.ts'
import { chooseChallenge } from '../../../../src/gateway/backend-digest/digest-challenge.ts'

const all = ['SHA-512-256', 'SHA-256', 'MD5'] as const

test('challenges of several schemes', () => {
  const read = readChallenges('Basic realm="a, b", Negotiate, Newauth abc==, , digest  Realm = x ,nonce="n"')
  assert.deepEqual(
    read?.map(({ scheme, parameters }) => [scheme, ...parameters]),
    [['basic', ['realm', 'a, b']], ['negotiate'], ['newauth'], ['digest', ['realm', 'x'], ['nonce', 'n']]],
  )
  assert.deepEqual(readChallenges(''), [])
})

test('what is malformed counts for nothing', () => {
  for (const text of [
    'Digest realm="a',
    'Digest realm="a\\"b", nonce="n"',
    'Digest realm="a" nonce="n"',
    'Digest realm="a", realm="b"',
    'Digest realm=, nonce=',
    'realm="a"',
    'Digest "a"',
    'Digest realm="a", ;',
    'Digest realm=a\u0000b',
    'Digest realm="a"\u007f',
    `Digest ${Array.from({ length: 40 }, (_, index) => `p${index}=1`).join(', ')}`,
    Array.from({ length: 17 }, () => 'Basic realm="a"').join(', '),
    `Digest realm="${'a'.repeat(9000)}"`,
  ])
    assert.equal(readChallenges(text), null, text.slice(0, 60))
})

test('the strongest that may be used is chosen', () => {
  const one = (algorithm: string, more = ''): string => `Digest realm="r", nonce="${algorithm}", qop="auth", algorithm=${algorithm}${more}`
  const chosen = (text: string, algorithms: readonly (typeof all)[number][] = all): string | null =>
    chooseChallenge(text, algorithms)?.nonce ?? null
  assert.equal(chosen(`${one('MD5')}, ${one('SHA-256')}`), 'SHA-256')
  assert.equal(chosen(`${one('md5-sess')}, Basic realm="x"`), 'md5-sess')
  assert.equal(chosen(one('MD5'), ['SHA-256']), null)
  assert.equal(chosen(one('SHA-1')), null)
  assert.equal(chosen(`${one('MD5')}, ${one('MD5', ', stale=true')}`), 'MD5')
  assert.equal(chooseChallenge(`Digest realm="r", nonce="n", qop="auth"`, all)?.algorithm, 'MD5')
})

test('a challenge that cannot be answered is none', () => {
  for (const text of [
    'Digest realm="r", nonce="n"',
    'Digest realm="r", nonce="", qop="auth"',
    'Digest nonce="n", qop="auth"',
    'Digest realm="r", qop="auth"',
    'Digest realm="r", nonce="n", qop="other"',
    `Digest realm="r", nonce="${'n'.repeat(600)}", qop="auth"`,
    'Digest realm="r", nonce="\u00e9", qop="auth"',
    `Digest realm="r", nonce="n", opaque="${'n'.repeat(600)}", qop="auth"`,
  ])
    assert.equal(chooseChallenge(text, all), null, text.slice(0, 60))
  assert.equal(chooseChallenge('Digest realm="r", nonce="n", qop=auth-int', all)?.qop, 'auth-int')
  assert.equal(chooseChallenge('Digest realm="r", nonce="n", qop="auth-int,auth"', all)?.qop, 'auth')
})

test('Authentication-Info', () => {
  assert.equal(readParameters('nextnonce="abc", qop=auth, rspauth="0f", cnonce="c", nc=00000001')?.get('nextnonce'), 'abc')
  for (const text of ['nextnonce="abc', 'abc', 'Digest nextnonce="a"'])
    assert.equal(readParameters(text)?.get('nextnonce'), undefined, text)
})
