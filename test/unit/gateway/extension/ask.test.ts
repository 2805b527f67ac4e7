import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Refusal } from '../../../../src/gateway/exchange.ts'
import { ask } from '../../../../src/gateway/extension/ask.ts'
import { BadAnswer } from '../../../../src/gateway/extension/bad-answer.ts'
import { Standard } from '../../../../src/gateway/extension/standard.ts'
import { sampleExchange } from '../sample-exchange.ts'

const refused: Refusal = { kind: 'scope-missing', fields: '', reason: 'scope' }

function asking(timeout = 60_000, pending: () => Promise<unknown> | null = () => null) {
  const problems: string[] = []
  return { problems, timeout, pending, report: (problem: string) => problems.push(problem) }
}

test('an answer that is there at once is judged at once', () => {
  assert.equal(
    ask(
      () => true,
      () => undefined,
      asking(),
    ),
    undefined,
  )
  assert.equal(
    ask(
      () => false,
      () => refused,
      asking(),
    ),
    refused,
  )
})

test('what is thrown, rejected or cannot be used refuses', async () => {
  const bad = (): never => {
    throw new BadAnswer('no answer')
  }
  for (const [call, conclude] of [
    [bad, () => undefined],
    [() => Promise.reject(new Error('secret')), () => undefined],
    [() => Promise.reject(null), () => undefined],
    [() => true, bad],
    [async () => true, bad],
  ] as const) {
    const parts = asking()
    const end = await ask(call, conclude, parts)
    assert.equal(end?.kind, 'extension-failed')
    assert.equal(parts.problems.length, 1)
    assert.doesNotMatch(parts.problems[0] ?? '', /secret/)
  }
})

test('an answer that comes too late is not looked at', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  let judged = 0
  const end = await ask(
    () => promise,
    () => {
      judged++
      return undefined
    },
    asking(1),
  )
  assert.equal(end?.kind, 'extension-late')
  resolve(true)
  await promise
  assert.equal(judged, 0)
})

test('a step that still works on the exchange is waited for, also when it fails', async () => {
  const working = Promise.withResolvers<boolean>()
  let decided = false
  const deciding = Promise.resolve(
    ask(
      () => true,
      () => undefined,
      asking(60_000, () => working.promise),
    ),
  ).then((end) => {
    decided = true
    return end
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(decided, false)
  working.reject(new Error('bug'))
  assert.equal((await deciding)?.kind, 'extension-failed')
})

test('the gateway’s step runs once, and not when the request is decided', async () => {
  let runs = 0
  const step = (): Refusal => {
    runs++
    return refused
  }
  const standard = new Standard(step, sampleExchange(null))
  assert.deepEqual([await standard.ask(), await standard.ask(), runs, standard.refusal], [false, false, 1, refused])
  const later = new Standard(() => undefined, sampleExchange(null))
  later.end()
  assert.deepEqual([await later.ask(), later.passed], [false, false])
  assert.equal(await new Standard(null, sampleExchange(null)).ask(), true)
})
