import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RevocationWatch } from '../../../../src/gateway/key-manager/revocation-watch.ts'

function revoked(status: number, ...pieces: readonly string[]): readonly (string | null)[] {
  return revokedBy('', status, pieces)
}

function revokedBy(query: string, status: number, pieces: readonly string[]): readonly (string | null)[] {
  const all: (string | null)[] = []
  const watch = new RevocationWatch(query, (token) => all.push(token))
  for (const piece of pieces) {
    const chunk = Buffer.from(`..${piece}..`)
    watch.requestData(chunk, 2, chunk.length - 2)
    // The gateway reads on into the same memory.
    chunk.fill(0)
  }
  watch.answered(status)
  return all
}

test('the token of the form, however it comes, once the key manager has said yes', () => {
  assert.deepEqual(revoked(200, 'token=abc&token_type_hint=access_token'), ['abc'])
  assert.deepEqual(revoked(204, 'client_id=x&tok', 'en=a%2Bb', '&x=y'), ['a+b'])
  assert.deepEqual(revoked(401, 'token=abc'), [])
  assert.deepEqual(revoked(302, 'token=abc'), [])
})

test('it may be any where the form does not say it', () => {
  assert.deepEqual(revoked(200), [null])
  assert.deepEqual(revoked(200, '{"token":"abc"}'), [null])
  assert.deepEqual(revoked(200, 'token='), [null])
  assert.deepEqual(revoked(200, `x=${'y'.repeat(70_000)}`, '&token=abc'), [null])
})

test('every token that the request names: nobody knows which of them the key manager takes', () => {
  assert.deepEqual(revoked(200, 'token=a&token=b&token=a'), ['a', 'b'])
  assert.deepEqual(revokedBy('?token=a', 200, ['token=b']), ['b', 'a'])
  assert.deepEqual(revokedBy('?token=a', 200, []), ['a'])
  assert.deepEqual(revokedBy('?tenant=a', 200, ['token=b']), ['b'])
  assert.deepEqual(revoked(200, 'token=a&token='), [null])
  assert.deepEqual(revoked(200, Array.from({ length: 9 }, (_, index) => `token=${index}`).join('&')), [null])
})
