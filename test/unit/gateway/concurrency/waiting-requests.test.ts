import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OperationPlaces, PlaceKeys } from '../../../../src/gateway/concurrency/operation-places.ts'
import { PlaceTable } from '../../../../src/gateway/concurrency/place-table.ts'
import { WaitingRequests } from '../../../../src/gateway/concurrency/waiting-requests.ts'
import type { Exchange, Refusal } from '../../../../src/gateway/exchange.ts'
import { ManualClock, sampleExchange } from '../sample-exchange.ts'

function rig(api: number) {
  const table = new PlaceTable(PlaceTable.make(1), { index: 0, count: 1 })
  const clock = new ManualClock()
  const refusal = (_exchange: Exchange, kind: 'busy' | 'consumer-busy'): Refusal => ({ kind, fields: '', reason: '' })
  const waiting = new WaitingRequests(clock, 100, refusal)
  const plan = { api, consumer: 0, production: 0, sandbox: 0, wait: 1_000 }
  const places = new OperationPlaces(plan, 0, table, new PlaceKeys(table.seed), () => waiting.serve())
  const taken = () => {
    const own = places.take(sampleExchange())
    if (typeof own === 'string') throw new Error(own)
    return own
  }
  return { waiting, places, clock, taken }
}

test('those who have waited longest are first', async () => {
  const { waiting, places, taken } = rig(1)
  const holder = taken()
  const exchanges = Array.from({ length: 3 }, () => sampleExchange())
  const ends = exchanges.map((exchange) => waiting.add(exchange, places, 1_000))
  holder.free()
  assert.equal(await ends[0], undefined)
  assert.deepEqual(
    exchanges.map((exchange) => exchange.places !== null),
    [true, false, false],
  )
  for (const exchange of exchanges) exchange.end()
  assert.deepEqual(await Promise.all(ends), [undefined, undefined, undefined])
})

test('one whose client is gone takes no place, and no quota either', async () => {
  const { waiting, places, taken } = rig(1)
  const holder = taken()
  const [gone, next] = [sampleExchange(), sampleExchange()]
  const ends = [waiting.add(gone, places, 1_000), waiting.add(next, places, 1_000)]
  gone.end()
  holder.free()
  const [end] = await Promise.all(ends)
  assert.equal(end?.reason, 'client-gone')
  assert.deepEqual([gone.places, next.places !== null], [null, true])
  next.end()
  taken().free()
})

test('one consumer alone cannot take up all that may wait', async () => {
  const { waiting, places, taken } = rig(1)
  const holder = taken()
  const own = Array.from({ length: 7 }, () => sampleExchange())
  const ends = own.map((exchange) => {
    assert.equal(waiting.hasRoomFor(exchange), true)
    return waiting.add(exchange, places, 1_000)
  })
  assert.deepEqual([waiting.hasRoomFor(sampleExchange()), waiting.hasRoomFor(sampleExchange(null, '192.0.2.2'))], [false, true])
  for (const exchange of own) exchange.end()
  holder.free()
  await Promise.all(ends)
  assert.equal(waiting.hasRoomFor(sampleExchange()), true)
})

test('one that has waited long enough is refused', async () => {
  const { waiting, places, clock, taken } = rig(1)
  const holder = taken()
  const end = waiting.add(sampleExchange(), places, 1_000)
  clock.advance(1_000)
  waiting.serve()
  assert.equal((await end)?.kind, 'busy')
  holder.free()
})
