import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { jwtAlgorithms } from '../../../../src/contract/key-rules.ts'
import type { KeyPlan } from '../../../../src/contract/plan/keys.ts'
import { ServiceError } from '../../../../src/gateway/calls/service-error.ts'
import { IssuerKeySet } from '../../../../src/gateway/key-sets/issuer-key-set.ts'
import { Log } from '../../../../src/gateway/observability/log.ts'
import { LogLines } from '../../../wire/log-lines.ts'
import { ManualClock } from '../sample-exchange.ts'

const refresh = 600_000
const [one, two] = ['one', 'two'].map((kid) => ({ ...generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }), kid }))

function setOf(...keys: readonly unknown[]): string {
  return JSON.stringify({ keys })
}

class Rig {
  readonly clock = new ManualClock()
  readonly log = new LogLines()
  answer: string | ServiceError | { readonly status: number } = setOf(one)
  asked = 0
  ready = 0
  taken: (readonly KeyPlan[])[] = []
  /** Lets the fetch under way end. */
  release: (() => void) | null = null
  held = false
  readonly set: IssuerKeySet
  readonly #log: Log

  constructor() {
    const write = (bytes: Uint8Array): number => {
      this.log.add(Buffer.from(bytes).toString())
      return bytes.length
    }
    const sink = {
      writeSync: write,
      write: (bytes: Uint8Array, done: () => void) => {
        write(bytes)
        done()
      },
    }
    this.#log = new Log(this.clock, 'info', 'sha256:test', sink)
    this.set = new IssuerKeySet({
      issuer: 'https://idp.example.com',
      refresh,
      algorithms: jwtAlgorithms,
      fetch: () => this.#fetch(),
      clock: this.clock,
      log: this.#log,
      random: () => 0,
      ready: () => {
        this.ready++
      },
    })
    this.set.follow(async (keys) => {
      const withdrawn = this.taken.at(-1)?.filter(({ kid }) => !keys.some((key) => key.kid === kid)).length ?? 0
      this.taken.push(keys)
      return withdrawn
    })
  }

  get kids(): readonly (string | null)[] | undefined {
    return this.taken.at(-1)?.map(({ kid }) => kid)
  }

  get events(): readonly unknown[] {
    this.#log.flush()
    return this.log.lines.map(({ event, reason, keys, withdrawn, leftOut }) => ({ event, reason, keys, withdrawn, leftOut }))
  }

  /** Time passes, and what is due is done. */
  async pass(milliseconds: number): Promise<void> {
    this.clock.advance(milliseconds)
    this.set.sweep(this.clock.monotonic())
    await setImmediate()
  }

  async #fetch(): Promise<{ status: number; body: Buffer }> {
    this.asked++
    const { answer } = this
    if (this.held) {
      await new Promise<void>((resolve) => {
        this.release = resolve
      })
    }
    if (answer instanceof ServiceError) throw answer
    return typeof answer === 'string'
      ? { status: 200, body: Buffer.from(answer) }
      : { status: answer.status, body: Buffer.from(setOf(two)) }
  }
}

test('a set is fetched at once, and again when it is time', async () => {
  const rig = new Rig()
  await rig.pass(0)
  assert.deepEqual([rig.asked, rig.ready, rig.kids], [1, 1, ['one']])
  rig.answer = setOf(one, two)
  await rig.pass(refresh - 1)
  assert.equal(rig.asked, 1)
  await rig.pass(1)
  assert.deepEqual([rig.asked, rig.ready, rig.kids], [2, 1, ['one', 'two']])
  assert.deepEqual([rig.set.keys, rig.set.failing, rig.set.ageSeconds, [...rig.set.outcomes]], [2, false, 0, [['fetched', 2]]])
})

test('the same answer again changes nothing', async () => {
  const rig = new Rig()
  await rig.pass(0)
  await rig.pass(refresh)
  assert.deepEqual([rig.asked, rig.taken.length, rig.set.ageSeconds], [2, 1, 0])
})

test('the keys of an issuer that is down stay, and it is asked again, less and less often', async () => {
  const rig = new Rig()
  await rig.pass(0)
  rig.answer = new ServiceError('connect')
  await rig.pass(refresh)
  const asked: number[] = []
  for (let second = 1; second <= 200; second++) {
    const before = rig.asked
    await rig.pass(1_000)
    if (rig.asked > before) asked.push(second)
  }
  assert.deepEqual(asked, [1, 3, 7, 15, 31, 63, 123, 183])
  assert.deepEqual([rig.kids, rig.taken.length, rig.set.failing, rig.set.ageSeconds], [['one'], 1, true, 800])
  rig.answer = setOf(one)
  await rig.pass(60_000)
  assert.deepEqual([rig.set.failing, rig.set.ageSeconds], [false, 0])
})

for (const [name, answer] of [
  ['timeout', new ServiceError('timeout')],
  ['tls', new ServiceError('tls')],
  ['too-large', new ServiceError('too-large')],
  ['status', { status: 503 }],
  ['status', { status: 302 }],
  ['malformed', '<html>'],
  ['too-many-keys', setOf(...Array.from({ length: 101 }, () => one))],
] as const) {
  test(`an answer that is no key set changes nothing: ${name}`, async () => {
    const rig = new Rig()
    await rig.pass(0)
    rig.answer = answer
    await rig.pass(refresh)
    assert.deepEqual([rig.kids, rig.taken.length, rig.set.outcomes.get(name)], [['one'], 1, 1])
    assert.deepEqual(rig.events.at(-1), {
      event: 'key-set-failed',
      reason: name,
      keys: undefined,
      withdrawn: undefined,
      leftOut: undefined,
    })
  })
}

test('a first set without a key that can be used is none', async () => {
  const rig = new Rig()
  rig.answer = setOf()
  await rig.pass(0)
  assert.deepEqual([rig.ready, rig.taken.length, [...rig.set.outcomes]], [0, 0, [['unusable', 1]]])
  rig.answer = setOf(one)
  await rig.pass(1_000)
  assert.deepEqual([rig.ready, rig.kids], [1, ['one']])
})

test('a later one without keys withdraws all', async () => {
  const rig = new Rig()
  await rig.pass(0)
  rig.answer = setOf({ kty: 'oct', k: 'c2VjcmV0', kid: 'shared' })
  await rig.pass(refresh)
  assert.deepEqual(rig.kids, [])
  assert.deepEqual(rig.events.at(-1), { event: 'key-set-taken', reason: undefined, keys: 0, withdrawn: 1, leftOut: ['shared: symmetric'] })
})

test('however many tokens name unknown keys, one fetch comes early', async () => {
  const rig = new Rig()
  await rig.pass(0)
  rig.answer = setOf(one, two)
  for (let token = 0; token < 1_000; token++) rig.set.unknownKey()
  await rig.pass(29_999)
  assert.equal(rig.asked, 1)
  await rig.pass(1)
  assert.deepEqual([rig.asked, rig.kids], [2, ['one', 'two']])
  for (let second = 0; second < 60; second++) {
    rig.set.unknownKey()
    await rig.pass(1_000)
  }
  assert.equal(rig.asked, 4)
})

test('one fetch is under way at a time, and nothing comes of it when the gateway has ended', async () => {
  const rig = new Rig()
  rig.held = true
  await rig.pass(0)
  await rig.pass(refresh)
  rig.set.unknownKey()
  await rig.pass(refresh)
  assert.equal(rig.asked, 1)
  rig.set.close()
  rig.release?.()
  await rig.pass(refresh)
  assert.deepEqual([rig.asked, rig.ready, rig.taken.length], [1, 0, 0])
})
