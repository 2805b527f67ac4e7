import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VerifiedToken } from '../../../src/gateway/auth/verified-token.ts'
import type { CredentialWatch } from '../../../src/gateway/capabilities/credential-watch.ts'
import { credentialWatchCapability } from '../../../src/gateway/credential-watch.ts'
import { DroppedTokens, digestOf, droppedTokensName } from '../../../src/gateway/dropped-tokens.ts'
import type { Exchange } from '../../../src/gateway/exchange.ts'
import { sampleExchange } from './sample-exchange.ts'
import { sampleOperation, samplePlan, tokenSecurity } from './sample-plan.ts'
import { sampleSurroundings } from './sample-surroundings.ts'

const revokes = sampleOperation({ keyManager: { endpoint: 'revoke', issuer: 0 } })
const now = 1_000_000

type Rig = { readonly watch: CredentialWatch; readonly dropped: DroppedTokens; readonly cut: () => unknown }

function rig(): Rig {
  const plan = samplePlan({ operations: [revokes] })
  const surroundings = sampleSurroundings(plan, { now: () => now, monotonic: () => now })
  const dropped = new DroppedTokens(surroundings.shared(droppedTokensName, DroppedTokens.make))
  const watch = credentialWatchCapability(surroundings)
  return { watch, dropped, cut: () => [...(surroundings.metrics.credentialsEnded ?? [])] }
}

function exchangeWith(text: string | null, endsAt: number = Number.POSITIVE_INFINITY): Exchange {
  const exchange = sampleExchange()
  const token = new VerifiedToken(0, endsAt, new Uint32Array(1), 'production', null, null, null, text === null ? null : endsAt)
  token.digest = text === null ? null : digestOf(text)
  exchange.token = token
  return exchange
}

test('a token that was revoked through the gateway is known for as long as somebody has it', () => {
  const { watch, dropped } = rig()
  const [lost, kept, verified] = [exchangeWith('lost'), exchangeWith('kept'), exchangeWith(null)]
  watch.sweep()
  assert.equal(watch.ended(lost, false), null)
  dropped.add('lost')
  assert.equal(watch.ended(lost, false), null, 'at the next sweep')
  watch.sweep()
  for (const _ of ['while a step waits', 'and when it goes on']) {
    assert.equal(watch.ended(lost, false), 'revoked')
    watch.sweep()
  }
  for (const exchange of [kept, verified, sampleExchange()]) assert.equal(watch.ended(exchange, true), null)
})

test('one that the key manager is asked about again, and calls good, is as good as any', () => {
  for (const drop of [(dropped: DroppedTokens) => dropped.add('again'), (dropped: DroppedTokens) => dropped.addUnknown()]) {
    const { watch, dropped } = rig()
    const [before, since] = [exchangeWith('again'), exchangeWith('again')]
    drop(dropped)
    since.token!.askedAt = dropped.position
    watch.sweep()
    assert.deepEqual([watch.ended(before, false), watch.ended(since, false)], ['revoked', null])
    drop(dropped)
    watch.sweep()
    assert.equal(watch.ended(since, false), 'revoked')
  }
})

test('another one that is dropped after it was asked about does not count against it', () => {
  const { watch, dropped } = rig()
  const again = exchangeWith('again')
  dropped.add('again')
  again.token!.askedAt = dropped.position
  dropped.add('another')
  watch.sweep()
  assert.deepEqual([watch.ended(again, false), watch.ended(exchangeWith('another'), false)], [null, 'revoked'])
})

test('where it may be any, it is each that a key manager knows', () => {
  for (const overflow of [(dropped: DroppedTokens) => dropped.addUnknown(), addMany]) {
    const { watch, dropped } = rig()
    overflow(dropped)
    watch.sweep()
    assert.equal(watch.ended(exchangeWith('any'), false), 'revoked')
    assert.equal(watch.ended(exchangeWith(null), false), null)
    watch.sweep()
    assert.equal(watch.ended(exchangeWith('later'), false), null)
  }
})

test('a thousand a second that somebody makes up end nothing', () => {
  const { watch, dropped } = rig()
  for (let count = 0; count < 1_000; count++) dropped.add(String(count))
  watch.sweep()
  assert.equal(watch.ended(exchangeWith('any'), false), null)
  assert.equal(watch.ended(exchangeWith('999'), false), 'revoked')
})

function addMany(dropped: DroppedTokens): void {
  for (let count = 0; count < 2_049; count++) dropped.add(String(count))
}

test('what expires ends what may last for ever, and nothing else', () => {
  const { watch } = rig()
  const over = exchangeWith(null, now)
  assert.deepEqual([watch.ended(over, false), watch.ended(over, true)], [null, 'token-expired'])
  assert.equal(watch.ended(exchangeWith(null, now + 1), true), null)
})

test('a key that is withdrawn ends everything', () => {
  const { watch } = rig()
  const exchange = exchangeWith(null)
  exchange.token!.key = { withdrawn: true, verifies: () => true, algorithm: 'ES256', kid: null }
  assert.equal(watch.ended(exchange, false), 'key-withdrawn')
})

test('what the client is told fits the credential, and is counted', () => {
  const { watch, cut } = rig()
  const { kind, fields, reason } = watch.refusal('revoked', sampleOperation({ security: tokenSecurity() }))
  assert.deepEqual([kind, reason], ['credential-invalid', 'revoked'])
  assert.match(fields, /^WWW-Authenticate: Bearer realm="petstore", error="invalid_token"\r\n$/)
  assert.equal(watch.refusal('token-expired', sampleOperation()).kind, 'credential-expired')
  assert.deepEqual(cut(), [
    ['revoked', 1],
    ['token-expired', 1],
  ])
})
