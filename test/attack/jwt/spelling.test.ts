/** One token has one text: every other spelling is refused, whatever a lenient decoder would make of it. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { VerifiedToken } from '../../../src/gateway/auth/verified-token.ts'
import { type Rig, rig, verdict } from '../../unit/gateway/auth/authentication.ts'
import { base64url, ecKey, goodClaims, rawToken, rsaKey, token } from '../../unit/gateway/auth/signed-token.ts'

let gateway: Rig
before(async () => {
  gateway = await rig()
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function parts(text: string): [string, string, string] {
  return text.split('.') as [string, string, string]
}

test('the last character’s unused bits must be zero, in each part', async () => {
  // Lengths that leave unused bits: 256 bytes of signature do; header and payload are padded until they do.
  const text = rawToken('{"alg":"RS256","kid":"rsa"}  ', `${JSON.stringify(goodClaims)}  `.padEnd(130))
  assert.equal(await verdict(gateway, text), 'accepted')
  for (const [index, part] of parts(text).entries()) {
    if (part.length % 4 === 0) continue
    const changed = parts(text)
    changed[index] = part.slice(0, -1) + alphabet[alphabet.indexOf(part.slice(-1)) + 1]
    assert.equal(Buffer.from(changed[index], 'base64url').equals(Buffer.from(part, 'base64url')), true, 'a lenient decoder sees the same')
    assert.equal(await verdict(gateway, changed.join('.')), 'malformed', `part ${index}`)
  }
  assert.ok(parts(text).some((part) => part.length % 4 !== 0))
})

test('padding, white space and the other alphabet', async () => {
  const text = token()
  const [header, payload, signature] = parts(text)
  const spellings = [
    `${text}=`,
    `${text}==`,
    `${header}=.${payload}.${signature}`,
    `${text} `,
    `${text}\t`,
    ` ${text}`,
    `${header} .${payload}.${signature}`,
    `${header}.${payload}\n.${signature}`,
    `${header}.${payload}.${signature.slice(0, 10)} ${signature.slice(10)}`,
    `${text}\u0000`,
    `${text}é`,
    `${text}%`,
    `"${text}"`,
    `${text},${text}`,
  ]
  for (const spelling of spellings) assert.notEqual(await verdict(gateway, spelling), 'accepted', JSON.stringify(spelling.slice(-12)))
  // A token whose base64url has both characters that base64 writes differently.
  let odd = text
  for (let nonce = 0; !/-/.test(odd) || !/_/.test(odd); nonce++) odd = token({ counted: nonce })
  assert.equal(await verdict(gateway, odd), 'accepted')
  assert.equal(await verdict(gateway, odd.replaceAll('-', '+').replaceAll('_', '/')), 'malformed')
})

test('fewer or more than three parts', async () => {
  const text = token()
  const [header, payload, signature] = parts(text)
  for (const odd of [
    '',
    '.',
    '..',
    '...',
    header,
    `${header}.${payload}`,
    `${text}.`,
    `${text}.${signature}`,
    `.${text}`,
    `${header}..${payload}..${signature}`,
  ]) {
    assert.equal(await verdict(gateway, odd), 'malformed', odd.slice(0, 20))
  }
})

test('an encrypted token', async () => {
  const header = base64url(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A256GCM', typ: 'JWE' }))
  assert.equal(await verdict(gateway, `${header}.AAAA.AAAA.AAAA.AAAA`), 'malformed')
  assert.equal(await verdict(gateway, token({}, rsaKey, { typ: 'JWE' })), 'type')
})

test('header or payload that is not a JSON object in UTF-8', async () => {
  const header = '{"alg":"RS256","kid":"rsa"}'
  const payload = JSON.stringify(goodClaims)
  const latin1 = Buffer.from(payload.replace('alice', 'Åsa'), 'latin1')
  for (const odd of ['', '[]', 'null', '1', '"x"', '{', `${payload}}`, `\ufeff${payload}`, latin1, '{"a":\u0001}', '['.repeat(5_000)]) {
    assert.equal(await verdict(gateway, rawToken(header, odd)), 'malformed', String(odd).slice(0, 20))
    assert.equal(await verdict(gateway, rawToken(odd, payload)), 'malformed', String(odd).slice(0, 20))
  }
})

test('deep nesting is read without harm', async () => {
  const deep = `${JSON.stringify(goodClaims).slice(0, -1)},"deep":${'['.repeat(4_000)}${']'.repeat(4_000)}}`
  assert.equal(await verdict(gateway, rawToken('{"alg":"RS256","kid":"rsa"}', deep)), 'accepted')
})

test('more than 16 KiB', async () => {
  const room = (16 * 1024 - token({ padding: '' }).length) * 0.75
  assert.equal(await verdict(gateway, token({ padding: 'x'.repeat(Math.floor(room) - 3) })), 'accepted')
  assert.equal(await verdict(gateway, token({ padding: 'x'.repeat(Math.ceil(room) + 3) })), 'too-long')
  assert.equal(await verdict(gateway, 'a'.repeat(1_000_000)), 'too-long')
})

test('duplicate members: the last one counts, before and after verifying', async () => {
  const header = '{"alg":"none","alg":"RS256","kid":"x","kid":"rsa"}'
  const payload = JSON.stringify(goodClaims)
  assert.equal(await verdict(gateway, rawToken(header, payload)), 'accepted')
  assert.equal(await verdict(gateway, rawToken('{"alg":"RS256","kid":"rsa","alg":"none"}', payload)), 'algorithm')
  assert.equal(await verdict(gateway, rawToken(header, `${payload.slice(0, -1)},"exp":1}`)), 'expired')
  assert.equal(await verdict(gateway, rawToken(header, `${payload.slice(0, -1)},"iss":"https://evil.example"}`)), 'unknown-issuer')
})

test('members that objects inherit are not members of the token', async () => {
  const payload = JSON.stringify(goodClaims)
  assert.equal(await verdict(gateway, rawToken('{"__proto__":{"alg":"RS256","kid":"rsa"}}', payload)), 'algorithm')
  assert.equal(await verdict(gateway, rawToken('{"alg":"RS256","kid":"rsa"}', `{"__proto__":${payload}}`)), 'unknown-issuer')
})

test('(r, −s) of an ECDSA signature is a second valid text: a new token to the cache, so revocation must not go by text', async () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const text = token({ jti: 'once' }, ecKey)
  const [header, payload, signature] = parts(text)
  const bytes = Buffer.from(signature, 'base64url')
  const negated = order - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  const twin = Buffer.concat([bytes.subarray(0, 32), Buffer.from(negated.toString(16).padStart(64, '0'), 'hex')])
  const second = `${header}.${payload}.${twin.toString('base64url')}`
  assert.notEqual(second, text)
  const results = await Promise.all([gateway.authenticate(`Bearer ${text}`), gateway.authenticate(`Bearer ${second}`)])
  const [first, twinned] = results.map(({ refusal, exchange }) => (refusal === undefined ? exchange.token : null))
  assert.ok(first instanceof VerifiedToken && twinned instanceof VerifiedToken)
  assert.notEqual(first, twinned)
})

test('a signature that is cut, lengthened or in DER form', async () => {
  for (const key of [rsaKey, ecKey]) {
    const [header, payload, signature] = parts(token({}, key))
    const bytes = Buffer.from(signature, 'base64url')
    const flipped = Buffer.from(bytes)
    flipped[3]! ^= 1
    for (const odd of [
      bytes.subarray(1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.alloc(bytes.length),
      Buffer.alloc(1),
      flipped,
      Buffer.from('30060201010201', 'hex'),
    ]) {
      assert.equal(await verdict(gateway, `${header}.${payload}.${base64url(odd)}`), 'signature')
    }
  }
})
