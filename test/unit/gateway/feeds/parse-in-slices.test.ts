import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseInSlices } from '../../../../src/gateway/feeds/parse-in-slices.ts'
import { Random } from '../../../random.ts'

/** The value as JSON.parse has it, or `refused`. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return 'refused'
  }
}

const sliced = (text: string): Promise<unknown> => parseInSlices(Buffer.from(text)).catch(() => 'refused')

function element(random: Random, index: number): unknown {
  const word = ['a', '"', '\\', ',', '[', ']', '{', '}', 'é', '\\"'][random.below(10)]!.repeat(random.below(40))
  return [index, word, null, { jti: word, list: [word, [word]] }, [], {}, [[word]]][random.below(7)]
}

const many = (random: Random): unknown[] => Array.from({ length: 6000 }, (_, index) => element(random, index))

test('what is large is read as JSON.parse reads it', async () => {
  const random = new Random(5)
  for (const value of [many(random), { one: many(random), two: [], __proto__: null, three: many(random), word: 'x' }, { none: 5 }]) {
    for (const space of [0, 1]) {
      const text = JSON.stringify(value, null, space)
      assert.deepEqual(await sliced(text), JSON.parse(text))
    }
  }
  const own = `{"__proto__":${JSON.stringify(many(random))}}`
  assert.deepEqual(await sliced(own), JSON.parse(own))
})

test('and what is none is refused as it is, whatever is wrong', async () => {
  const random = new Random(6)
  const good = JSON.stringify({ one: many(random), two: [1, 2] })
  for (let turn = 0; turn < 60; turn++) {
    const at = random.below(good.length)
    const text = good.slice(0, at) + ['', ',', ']', '[', '"', '}', '{', ':'][random.below(8)] + good.slice(at + random.below(2))
    assert.deepEqual(await sliced(text), parsed(text), `at ${at}`)
  }
  const list = JSON.stringify(many(random)).slice(1, -1)
  for (const text of [`[${list},]`, `[,${list}]`, `[${list}`, `[${list}]]`, `[${list}][${list}]`, `[${list},,${list}]`, `${list}]`])
    assert.equal(await sliced(text), 'refused', text.slice(0, 20))
})

test('requests have their turn in between', async () => {
  const text = Buffer.from(JSON.stringify(many(new Random(7)).concat(...Array.from({ length: 10 }, () => many(new Random(8))))))
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await parseInSlices(text)
  isOver = true
  assert.ok(turns >= Math.floor(text.length / 524_288 / 2), `${turns} turns`)
})

test('what is too large to be an entry is none, and what is around lists is bounded', async () => {
  const large = 'x'.repeat(200_000)
  const list = ['a', large, 'b', { large }]
  assert.deepEqual(await sliced(JSON.stringify(list)), ['a', null, 'b', null])
  assert.deepEqual(await sliced(JSON.stringify([large])), [null])
  assert.equal(await sliced(`["a",,"${large}"]`), 'refused')
  assert.equal(await sliced(`[ ,"${large}"]`), 'refused')
  assert.equal(await sliced(JSON.stringify({ large })), 'refused')
  assert.equal(await sliced(`[${' '.repeat(200_000)}]x`), 'refused')
})
