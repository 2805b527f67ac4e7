/** The examples of RFC 7616 §3.9; of the second one as erratum 4897 has it, since the RFC's own was made with another hash. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseChallenge } from '../../../../src/gateway/backend-digest/digest-challenge.ts'
import { DigestSession } from '../../../../src/gateway/backend-digest/digest-session.ts'
import type { BackendRequest } from '../../../../src/gateway/upstream/backend.ts'

function get(target: string): BackendRequest {
  return { method: 'GET', target, fields: '', contentLength: -1, chunked: false, upgrade: false }
}

const mufasa = { user: 'Mufasa', password: 'Circle of Life' }
const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const common =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'

const responses = {
  'SHA-256': '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  MD5: '8ca523f5e9506fed4657c9700eebdbec',
} as const

for (const algorithm of ['SHA-256', 'MD5'] as const) {
  test(`§3.9.1 with ${algorithm}, of two that are offered`, () => {
    const offered = `Digest ${common}, algorithm=SHA-256, Digest ${common}, algorithm=MD5`
    const challenge = chooseChallenge(offered, [algorithm])
    assert.ok(challenge !== null)
    const line = new DigestSession(challenge, mufasa, cnonce).line(get('/dir/index.html'), '')
    assert.equal(
      line,
      'Authorization: Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
        `uri="/dir/index.html", response="${responses[algorithm]}", nc=00000001, cnonce="${cnonce}", qop=auth, algorithm=${algorithm}, ` +
        'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"\r\n',
    )
  })
}

const jason =
  'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8'

test('§3.9.2 with SHA-512-256, a user whose name is hashed, and UTF-8', () => {
  const challenge = chooseChallenge(`${jason}, userhash=true`, ['SHA-512-256'])
  assert.ok(challenge !== null)
  const user = { user: 'Jäsøn Doe', password: 'Secret, or not?' }
  const line = new DigestSession(challenge, user, 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v').line(get('/doe.json'), '')
  assert.match(line, /username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"/)
  assert.match(line, /response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"/)
  assert.match(line, /, userhash=true\r\n$/)
})

test('a name that is not ASCII, and not hashed', () => {
  const challenge = chooseChallenge(jason, ['SHA-512-256'])
  assert.ok(challenge !== null)
  const line = new DigestSession(challenge, { user: "Jäsøn's", password: 'x' }).line(get('/'), '')
  assert.match(line, /^Authorization: Digest username\*=UTF-8''J%C3%A4s%C3%B8n%27s, /)
})

test('requests with one nonce are counted, with one cnonce', () => {
  const challenge = chooseChallenge(`Digest ${common}`, ['MD5'])
  assert.ok(challenge !== null)
  const session = new DigestSession(challenge, mufasa)
  const lines = Array.from({ length: 17 }, () => session.line(get('/'), ''))
  assert.equal(new Set(lines.map((line) => /cnonce="([^"]+)"/.exec(line)?.[1])).size, 1)
  assert.deepEqual(
    [lines[0], lines[9], lines[16]].map((line) => /nc=([0-9a-f]+)/.exec(line ?? '')?.[1]),
    ['00000001', '0000000a', '00000011'],
  )
  assert.equal(new Set(lines.map((line) => /response="([^"]+)"/.exec(line)?.[1])).size, 17)
})
