/** One question about one token, and a bounded number of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuthFailureReason } from '../../../../src/gateway/auth/auth-refusals.ts'
import { VerifiedToken } from '../../../../src/gateway/auth/verified-token.ts'
import { DroppedTokens } from '../../../../src/gateway/dropped-tokens.ts'
import { IntrospectionCounts } from '../../../../src/gateway/introspection/introspection-counts.ts'
import type { Questions } from '../../../../src/gateway/introspection/questions.ts'
import { TokenIntrospector } from '../../../../src/gateway/introspection/token-introspector.ts'
import { ManualClock } from '../sample-exchange.ts'

type Answer = Awaited<ReturnType<Questions['ask']>>

const good = new VerifiedToken(0, 10, new Uint32Array(1), 'production', null)

function rig(judge: () => VerifiedToken | AuthFailureReason = () => good, dropped: DroppedTokens | null = null) {
  const asked: { token: string; answer: (answer: Answer) => void }[] = []
  const clock = new ManualClock(0)
  const counts = new IntrospectionCounts()
  const questions = { ask: (token: string) => new Promise<Answer>((answer) => asked.push({ token, answer })) }
  const introspector = new TokenIntrospector({ questions, judge, lookups: 8, keepInvalid: 1_000, clock, counts, dropped })
  return { asked, clock, counts, introspector }
}

const active: Answer = { claims: {}, answeredAt: 0 }

test('many requests with one token ask once', async () => {
  const { asked, counts, introspector } = rig()
  const all = [
    introspector.ask('abc', 'address:192.0.2.1'),
    introspector.ask('abc', 'address:192.0.2.1'),
    introspector.ask('abc', 'address:192.0.2.1'),
  ]
  assert.equal(asked.length, 1)
  asked[0]!.answer(active)
  assert.deepEqual(await Promise.all(all), [good, good, good])
  assert.equal(counts.joined, 2)
  introspector.ask('abc', 'address:192.0.2.1')
  assert.equal(asked.length, 2)
})

test('more questions than may be open are refused, and there is room again when one is answered', async () => {
  const { asked, counts, introspector } = rig()
  const first = introspector.ask('0', 'caller:0')
  for (let index = 1; index < 8; index++) introspector.ask(`${index}`, `caller:${index}`)
  assert.equal(introspector.ask('c', 'caller:c'), 'introspection-busy')
  assert.equal(counts.outcomes.get('busy'), 1)
  asked[0]!.answer(active)
  await first
  assert.ok(introspector.ask('c', 'caller:c') instanceof Promise)
})

test('one caller may have a quarter of them open, and holds up nobody else', async () => {
  const { asked, introspector } = rig()
  const first = introspector.ask('a', 'stranger')
  introspector.ask('b', 'stranger')
  assert.equal(introspector.ask('c', 'stranger'), 'introspection-busy')
  assert.ok(introspector.ask('a', 'stranger') instanceof Promise, 'it waits for what is asked already')
  assert.ok(introspector.ask('c', 'other') instanceof Promise)
  asked[0]!.answer(active)
  await first
  assert.ok(introspector.ask('d', 'stranger') instanceof Promise)
})

test('a token that is not good is remembered for a time, whatever the reason', async () => {
  const { asked, clock, counts, introspector } = rig(() => 'audience')
  const inactive = introspector.ask('a', 'address:192.0.2.1')
  asked[0]!.answer({ claims: null, answeredAt: 0 })
  assert.equal(await inactive, 'inactive')
  const other = introspector.ask('b', 'address:192.0.2.1')
  asked[1]!.answer(active)
  assert.equal(await other, 'audience')
  clock.advance(999)
  assert.equal(introspector.ask('a', 'address:192.0.2.1'), 'inactive')
  assert.equal(introspector.ask('b', 'address:192.0.2.1'), 'audience')
  assert.equal(counts.knownInvalid, 2)
  clock.advance(1)
  assert.ok(introspector.ask('a', 'address:192.0.2.1') instanceof Promise)
})

test('no answer is not remembered', async () => {
  const { asked, introspector } = rig()
  const first = introspector.ask('a', 'address:192.0.2.1')
  asked[0]!.answer(null)
  assert.equal(await first, 'introspection-failed')
  assert.ok(introspector.ask('a', 'address:192.0.2.1') instanceof Promise)
})

test('what can be no token is not asked about', () => {
  const { asked, introspector } = rig()
  for (const text of ['', 'a b', 'a\u00e9', '=a', 'a"b', 'a,b'])
    assert.equal(introspector.ask(text, 'address:192.0.2.1'), 'malformed', text)
  assert.equal(introspector.ask('a'.repeat(4_097), 'address:192.0.2.1'), 'too-long')
  assert.equal(asked.length, 0)
  assert.ok(introspector.ask(`${'a'.repeat(4_094)}==`, 'address:192.0.2.1') instanceof Promise)
})

test('a token that is revoked while the question is open is not good, whatever the answer', async () => {
  const dropped = new DroppedTokens(DroppedTokens.make())
  const { asked, introspector } = rig(undefined, dropped)
  const [a, b] = [introspector.ask('a', 'address:192.0.2.1'), introspector.ask('b', 'address:192.0.2.1')]
  dropped.add('a')
  for (const { answer } of asked) answer(active)
  assert.equal(await a, 'inactive')
  assert.equal(await b, good)
  const c = introspector.ask('c', 'address:192.0.2.1')
  dropped.addUnknown()
  asked[2]!.answer(active)
  assert.equal(await c, 'introspection-failed')
})
