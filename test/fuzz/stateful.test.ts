import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runPlays } from './plays.ts'
import { Stateful } from './stateful.ts'

const count = 800

it(`${count} scenarios of peers that send, wait, cut and reset leave nothing behind`, async () => {
  const { failures } = await runPlays(await Stateful.players(), 5, (done) => done === count)
  for (const { index, wrong } of failures) assert.fail(`scenario ${index}: ${wrong}`)
})
