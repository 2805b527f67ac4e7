/** Gateways that count together in a Cluster, and in the server that a sentinel names. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SharedStorePlan } from '../../../../src/contract/plan/shared-store.ts'
import type { StepEnd } from '../../../../src/gateway/shared-counting.ts'
import { storeAt } from '../../../fleet/fleet.ts'
import { freePort } from '../../../wire/free-port.ts'
import { Redis, redisIsMissing } from '../../../wire/redis.ts'
import { RedisSentinel } from '../../../wire/redis-sentinel.ts'
import { until } from '../../../wire/until.ts'
import { sampleExchange } from '../sample-exchange.ts'
import { redisStep } from './redis-step.ts'

const skip = redisIsMissing
const mode = 'strict'
/** Nobody was asked: there is no connection yet. */
const notAsked = 'quota-unknown'

/** A gateway with a limit of four in an hour. Resolves with whether a request passes, once the gateway has its connections. */
async function gateway(t: TestContext, store: SharedStorePlan): Promise<() => Promise<string>> {
  const windows = [{ algorithm: 'sliding', unit: 'requests', amount: 4, window: 3_600_000 } as const]
  const step = await redisStep(t, store, windows)
  return async () => {
    let kind = notAsked
    await until(async () => {
      kind = (await (step(sampleExchange()) as StepEnd))?.kind ?? 'passed'
      return kind !== notAsked
    }, 'no server is reached')
    return kind
  }
}

async function counted(...gateways: readonly (() => Promise<string>)[]): Promise<void> {
  const found: string[] = []
  for (let index = 0; index < 6; index++) found.push(await gateways[index % gateways.length]!())
  assert.deepEqual(found, ['passed', 'passed', 'passed', 'passed', 'operation-quota', 'operation-quota'])
}

async function started(t: TestContext, options: readonly string[]): Promise<Redis> {
  const redis = await Redis.start({ options })
  t.after(() => redis.stop())
  return redis
}

test('a Cluster', { skip }, async (t) => {
  const buses = [await freePort(), await freePort()].map(String)
  const inCluster = (bus = ''): Promise<Redis> => started(t, ['--cluster-enabled', 'yes', '--cluster-port', bus])
  const [one, two] = [await inCluster(buses[0]), await inCluster(buses[1])]
  await one.run('CLUSTER', 'ADDSLOTSRANGE', '0', '8191')
  await two.run('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383')
  await one.run('CLUSTER', 'SET-CONFIG-EPOCH', '1')
  await two.run('CLUSTER', 'SET-CONFIG-EPOCH', '2')
  await one.run('CLUSTER', 'MEET', '127.0.0.1', String(two.port), buses[1] ?? '')
  for (const node of [one, two]) await until(async () => String(await node.run('CLUSTER', 'INFO')).includes('cluster_state:ok'))
  const store = storeAt(one.url, { mode, topology: { kind: 'cluster' }, timeout: 60_000 })
  await counted(await gateway(t, store), await gateway(t, { ...store, urls: [[two.url], [one.url]] }))
})

test('the master that a sentinel names', { skip }, async (t) => {
  const master = await started(t, [])
  const sentinel = await RedisSentinel.start('shop', master.port)
  t.after(() => sentinel.stop())
  const store = storeAt(sentinel.url, { mode, topology: { kind: 'sentinel', name: 'shop' }, timeout: 60_000 })
  await counted(await gateway(t, store), await gateway(t, storeAt(master.url, { mode, timeout: 60_000 })))
})
