/** Tokens of an issuer whose keys are fetched: before there are any, when they change, when one is withdrawn. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeyPlan } from '../../../../src/contract/plan/keys.ts'
import type { KeySets, TakeKeys } from '../../../../src/gateway/capabilities/fetched-keys.ts'
import { sampleIssuer } from '../sample-plan.ts'
import { type Rig, rig, verdict } from './authentication.ts'
import { ecKey, edKey, keyPlan, rsaKey, token } from './signed-token.ts'

class Sets implements KeySets {
  asked = 0
  #take: TakeKeys | null = null

  follow: KeySets['follow'] = (issuer, take) => {
    assert.equal(issuer, 0)
    this.#take = take
  }

  unknownKey(): void {
    this.asked++
  }

  sweep(): void {}

  give(...keys: readonly KeyPlan[]): Promise<number> {
    if (this.#take === null) throw new Error('nobody follows')
    return this.#take(keys)
  }
}

const service = { url: ['https://idp.example.com/jwks'], plainHttp: false, tls: null } as const
const fetchedKeys = { service, refresh: 600_000, algorithms: ['RS256', 'ES256'] } as const

async function fetching(): Promise<{ readonly gateway: Rig; readonly sets: Sets }> {
  const sets = new Sets()
  return { gateway: await rig({ issuers: [sampleIssuer({ fetchedKeys })] }, sets), sets }
}

test('before there are keys, nobody can say whether a token is good: 503 and not 401', async () => {
  const { gateway } = await fetching()
  const { refusal, exchange } = await gateway.authenticate(`Bearer ${token()}`)
  assert.deepEqual(refusal, { kind: 'credentials-unverifiable', fields: 'Retry-After: 5\r\n', reason: 'keys-missing' })
  assert.equal(exchange.token, null)
  assert.equal(await verdict(gateway, 'nonsense'), 'malformed')
  assert.equal(await verdict(gateway, token({ iss: 'https://other.example.com' })), 'unknown-issuer')
})

test('keys that were given verify tokens', async () => {
  const { gateway, sets } = await fetching()
  assert.equal(await sets.give(keyPlan(rsaKey), keyPlan(ecKey)), 0)
  assert.equal(await verdict(gateway, token()), 'accepted')
  assert.equal(await verdict(gateway, token({}, ecKey)), 'accepted')
  assert.equal(sets.asked, 0)
})

test('an unknown key is refused at once and asked for', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(rsaKey))
  assert.equal(await verdict(gateway, token({}, edKey)), 'unknown-key')
  assert.equal(sets.asked, 1)
  await sets.give(keyPlan(rsaKey), keyPlan(edKey))
  assert.equal(await verdict(gateway, token({}, edKey)), 'accepted')
})

test('tokens of a key that is withdrawn are refused although they were known, and no others', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(rsaKey), keyPlan(ecKey))
  const [ofRsa, ofEc] = [token(), token({}, ecKey)]
  const before = (await gateway.authenticate(`Bearer ${ofEc}`)).exchange.token
  assert.equal(await verdict(gateway, ofRsa), 'accepted')
  assert.equal(await sets.give(keyPlan(ecKey), keyPlan(edKey)), 1)
  assert.equal(await verdict(gateway, ofRsa), 'unknown-key')
  assert.equal((await gateway.authenticate(`Bearer ${ofEc}`)).exchange.token, before)
  assert.equal(gateway.metrics.tokenCache?.entries, 1)
  assert.equal(await sets.give(), 2)
  assert.equal(await verdict(gateway, ofEc), 'unknown-key')
  assert.equal(gateway.metrics.tokenCache?.entries, 0)
})

test('a key under an id that another one had is another key', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(ecKey, { kid: 'current' }))
  const old = token({}, ecKey, { kid: 'current' })
  assert.equal(await verdict(gateway, old), 'accepted')
  assert.equal(await sets.give(keyPlan(rsaKey, { kid: 'current' })), 1)
  assert.equal(await verdict(gateway, old), 'algorithm')
  assert.equal(await sets.give(keyPlan(ecKey, { kid: 'current' })), 1)
  assert.equal(await verdict(gateway, old), 'accepted')
})

test('one that may no longer be used with an algorithm is another key', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(rsaKey, { algorithms: ['RS256', 'PS256'] }))
  assert.equal(await verdict(gateway, token()), 'accepted')
  assert.equal(await sets.give(keyPlan(rsaKey, { algorithms: ['PS256'] })), 1)
  assert.equal(await verdict(gateway, token()), 'algorithm')
})

test('keys of which one cannot be used replace nothing', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(rsaKey))
  assert.equal(await verdict(gateway, token()), 'accepted')
  await assert.rejects(sets.give(keyPlan(ecKey, { algorithms: ['ES512'] })), /cannot be used/)
  assert.equal(await verdict(gateway, token()), 'accepted')
})

test('a key without id that stands there twice is withdrawn as one', async () => {
  const { gateway, sets } = await fetching()
  await sets.give(keyPlan(rsaKey, { kid: null }), keyPlan(rsaKey, { kid: null }))
  const known = token({}, rsaKey, { kid: undefined })
  assert.equal(await verdict(gateway, known), 'accepted')
  assert.equal(await sets.give(keyPlan(ecKey, { kid: null })), 1)
  assert.equal(await verdict(gateway, known), 'algorithm')
})

test('a bundle that cannot fetch does not start', async () => {
  await assert.rejects(rig({ issuers: [sampleIssuer({ fetchedKeys })] }), /are to be fetched, and this bundle cannot/)
})
