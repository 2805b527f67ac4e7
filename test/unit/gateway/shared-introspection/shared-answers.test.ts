/** For how long an answer counts that another gateway had, and what is believed of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TokenAnswer } from '../../../../src/gateway/capabilities/introspection.ts'
import { DroppedTokens } from '../../../../src/gateway/dropped-tokens.ts'
import type { StoreReply } from '../../../../src/gateway/shared-introspection/redis-store.ts'
import { RevokedHere } from '../../../../src/gateway/shared-introspection/revoked-here.ts'
import { SealedAnswers } from '../../../../src/gateway/shared-introspection/sealed-answers.ts'
import { SharedAnswers } from '../../../../src/gateway/shared-introspection/shared-answers.ts'
import { SharedCounts } from '../../../../src/gateway/shared-introspection/shared-counts.ts'
import { SharedQuestions } from '../../../../src/gateway/shared-introspection/shared-questions.ts'
import { ManualClock } from '../sample-exchange.ts'

const sealed = new SealedAnswers('s'.repeat(32), ['issuer'])

/** Forgets nothing, so that only the answers' own times count. */
function rig() {
  const texts = new Map<string, string>()
  const times: number[] = []
  const clock = new ManualClock(1_000_000)
  const counts = new SharedCounts()
  const told: string[] = []
  const down: { reply: StoreReply | null } = { reply: null }
  const done = (change: () => void): Promise<StoreReply> => {
    if (down.reply === null) change()
    return Promise.resolve(down.reply ?? { value: 'OK' })
  }
  const store = {
    read: (name: string) => Promise.resolve(down.reply ?? { value: texts.get(name) ?? null }),
    add: (name: string, text: string, time: number) =>
      done(() => {
        times.push(time)
        if (!texts.has(name)) texts.set(name, text)
      }),
    put: (name: string, text: string, time: number) =>
      done(() => {
        times.push(time)
        texts.set(name, text)
      }),
    remove: (name: string) => done(() => texts.delete(name)),
  }
  const tell = (problem: string): unknown => told.push(problem)
  const answers = new SharedAnswers({ store, sealed, keep: 60_000, keepInvalid: 10_000, clock, counts, tell })
  return { answers, texts, times, clock, counts, told, down }
}

test('a good answer counts for as long as it would where it was given, and one that is bad for shorter', async () => {
  const { answers, clock, times } = rig()
  await answers.keep('good', { claims: { exp: 2_000 }, answeredAt: clock.now() })
  await answers.keep('bad', { claims: null, answeredAt: clock.now() })
  assert.deepEqual(times, [60_000, 10_000])
  clock.advance(9_999)
  assert.deepEqual(await answers.find('good'), { claims: { exp: 2_000 }, answeredAt: 1_000_000 })
  assert.deepEqual(await answers.find('bad'), { claims: null, answeredAt: 1_000_000 })
  clock.advance(1)
  assert.equal(await answers.find('bad'), null)
  clock.advance(49_999)
  assert.notEqual(await answers.find('good'), null)
  clock.advance(1)
  assert.equal(await answers.find('good'), null)
})

test('nothing stays beyond the end of its token', async () => {
  const { answers, clock, times } = rig()
  await answers.keep('soon', { claims: { exp: 1_002 }, answeredAt: clock.now() })
  await answers.keep('over', { claims: { exp: 1_000 }, answeredAt: clock.now() })
  assert.deepEqual(times, [2_000])
})

test('an answer from a clock that is ahead counts from now, and one from far ahead not at all', async () => {
  const { answers, clock } = rig()
  await answers.keep('ahead', { claims: {}, answeredAt: clock.now() + 30_000 })
  await answers.keep('far', { claims: {}, answeredAt: clock.now() + 60_001 })
  assert.equal((await answers.find('ahead'))?.answeredAt, clock.now())
  assert.equal(await answers.find('far'), null)
})

test('what was not sealed is counted, told once and taken away', async () => {
  const { answers, texts, counts, told } = rig()
  for (const token of ['a', 'b']) {
    texts.set(sealed.name(token), '{"claims":{}}')
    assert.equal(await answers.find(token), null)
  }
  assert.equal(texts.size, 0)
  assert.equal(counts.outcomes.get('forged'), 2)
  assert.equal(told.length, 1)
})

test('a token that is revoked is not good for the others, also when somebody still keeps an older answer', async () => {
  const { answers, clock } = rig()
  await answers.revoke('a')
  await answers.keep('a', { claims: {}, answeredAt: clock.now() })
  assert.deepEqual(await answers.find('a'), { claims: null, answeredAt: clock.now() })
})

test('without Redis the key manager is asked, and a revoked token is not taken from Redis afterwards', async () => {
  const { answers, clock, counts, down, texts } = rig()
  const dropped = new DroppedTokens(DroppedTokens.make())
  const asked: string[] = []
  let said: TokenAnswer['claims'] = {}
  const keyManager = {
    ask: (token: string) => {
      asked.push(token)
      return Promise.resolve({ claims: said, answeredAt: clock.now() })
    },
  }
  const questions = new SharedQuestions({ answers, keyManager, revoked: new RevokedHere(dropped, 60_000), clock })
  await questions.ask('a')
  await questions.ask('b')
  assert.equal(texts.size, 2)
  await questions.ask('a')
  assert.deepEqual(asked, ['a', 'b'])
  down.reply = 'away'
  dropped.add('a')
  await answers.revoke('a')
  said = null
  down.reply = null
  assert.deepEqual(await questions.ask('a'), { claims: null, answeredAt: clock.now() })
  assert.notEqual((await questions.ask('b'))?.claims, null)
  assert.equal(counts.outcomes.get('away'), 1)
  dropped.addUnknown()
  assert.equal((await questions.ask('b'))?.claims, null)
})
