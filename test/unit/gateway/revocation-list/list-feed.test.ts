/** A list that a web server gives, or a cache before one. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { revocationListCapability } from '../../../../src/gateway/revocation-list/list-feed.ts'
import { until } from '../../../wire/until.ts'
import { RecordingSink } from '../feeds/recording-sink.ts'
import { samplePlan } from '../sample-plan.ts'
import { sampleSurroundings } from '../sample-surroundings.ts'

class PolledRecord extends RecordingSink {
  /** Milliseconds ago, each as it was when it was told. */
  readonly ages: number[] = []

  override confirm(time?: number): void {
    super.confirm()
    this.ages.push(performance.now() - time!)
  }
  whenReread(): void {}
}

/** Follows a server that answers with an empty list and these fields, or with 304 where it is shown an ETag. */
async function follow(context: TestContext, fields: () => Readonly<Record<string, string>>) {
  const asked: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    asked.push(request.headers)
    const isKnown = request.headers['if-none-match'] !== undefined
    response.writeHead(isKnown ? 304 : 200, fields()).end(isKnown ? '' : '[]')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const sink = new PolledRecord()
  const url = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`]
  await revocationListCapability({ kind: 'list', url, every: 50, login: null, authorities: [] }, sink, {
    ...sampleSurroundings(samplePlan()),
    atEnd: (action) => context.after(action),
  })
  return { sink, asked }
}

test('a cache is asked to ask, and what it has had for a while is as old as it says', async (context) => {
  let age = '3600'
  const { sink, asked } = await follow(context, () => ({ ETag: '"a"', Age: age }))
  await until(() => sink.confirmed > 2)
  assert.ok(asked.every((fields) => fields['cache-control'] === 'no-cache'))
  assert.ok(asked.slice(1).every((fields) => fields['if-none-match'] === '"a"'))
  assert.ok(
    sink.ages.every((each) => each >= 3_600_000),
    String(sink.ages),
  )
  age = 'soon'
  const before = sink.confirmed + 2
  await until(() => sink.confirmed > before)
  assert.ok(sink.ages.at(-1)! < 3_600_000)
  assert.deepEqual(sink.problems, [])
})

test('a list that was written just now is asked for again in full: nginx gives the next one of its size the same tag', async (context) => {
  const day = 'Sun, 06 Nov 1994 08:49:'
  let fields: Readonly<Record<string, string>> = { ETag: '"36bc-10"', Date: `${day}37 GMT`, 'Last-Modified': `${day}36 GMT` }
  const { sink, asked } = await follow(context, () => fields)
  await until(() => asked.length > 3)
  assert.ok(asked.every((each) => each['if-none-match'] === undefined))
  fields = { ...fields, Date: `${day}38 GMT` }
  await until(() => asked.at(-1)!['if-none-match'] === '"36bc-10"')
  fields = { ETag: '"other"', Date: 'soon', 'Last-Modified': `${day}36 GMT` }
  await sink.confirmedAgain()
  assert.deepEqual(sink.problems, [])
})
