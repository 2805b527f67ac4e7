import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessRecord } from '../../../../src/gateway/observability/access-line.ts'
import { Log, type LogLevel } from '../../../../src/gateway/observability/log.ts'
import { ManualClock } from '../sample-exchange.ts'
import { CollectedSink } from './collected-sink.ts'

const digest = `sha256:0123456789abcdef${'0'.repeat(48)}`

const request: AccessRecord = {
  requestId: 'r-1',
  protocol: '1.1',
  method: 'GET',
  path: '/petstore/v1/pet/1',
  operation: 'getPet',
  status: 200,
  grpcStatus: null,
  refusal: null,
  milliseconds: 12.0346,
  bytesIn: 5,
  bytesOut: 150,
  address: '192.0.2.1',
  consumer: 'client:0:mobile',
  upstream: 0,
  tries: 1,
  aborted: false,
  tunnelEnd: '',
  revocationEpoch: -1,
  overQuota: '',
}

function rig(level: LogLevel = 'info') {
  const sink = new CollectedSink()
  const clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 6))
  return { sink, clock, log: new Log(clock, level, digest, sink) }
}

async function written(level: LogLevel, work: (log: Log) => void): Promise<readonly Record<string, unknown>[]> {
  const { sink, log } = rig(level)
  work(log)
  await log.close()
  return sink.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('an event says when, which gateway, how grave, and what', async () => {
  const [line] = await written('info', (log) => log.event('info', 'listening', { http: 8080, tls: false, ports: ['a'] }))
  assert.deepEqual(line, {
    time: '2026-01-02T03:04:05.006Z',
    gateway: '0123456789ab',
    level: 'info',
    event: 'listening',
    http: 8080,
    tls: false,
    ports: ['a'],
  })
})

test('the level decides what is written', async () => {
  const count = async (level: LogLevel) => {
    const lines = await written(level, (log) => {
      for (const each of ['error', 'warn', 'info', 'debug'] as const) log.event(each, 'something')
      log.access(request)
    })
    return lines.map(({ level, event }) => `${level} ${event}`)
  }
  assert.deepEqual(await count('error'), ['error something'])
  assert.deepEqual(await count('warn'), ['error something', 'warn something'])
  assert.deepEqual(await count('info'), ['error something', 'warn something', 'info something', 'info access'])
  assert.deepEqual(await count('debug'), ['error something', 'warn something', 'info something', 'debug something', 'info access'])
})

test('an access line, forwarded', async () => {
  const [line] = await written('info', (log) => log.access(request))
  const { refusal: _, aborted: __, tunnelEnd: ___, grpcStatus: ____, revocationEpoch: _____, overQuota: ______, ...same } = request
  assert.deepEqual(line, {
    time: '2026-01-02T03:04:05.006Z',
    gateway: '0123456789ab',
    level: 'info',
    event: 'access',
    ...same,
    milliseconds: 12.035,
  })
})

test('an access line, refused: no upstream, and why', async () => {
  const refusal = { kind: 'credential-invalid', fields: 'WWW-Authenticate: Bearer\r\n', reason: 'signature' } as const
  const [line] = await written('info', (log) => log.access({ ...request, status: 401, refusal, upstream: -1, tries: 0, aborted: true }))
  assert.equal(line?.refusal, 'credential-invalid')
  assert.equal(line.reason, 'signature')
  assert.equal(line.aborted, true)
  assert.equal('upstream' in line, false)
  assert.equal(JSON.stringify(line).includes('WWW-Authenticate'), false)
})

test('the access line of a gRPC call says what it ended with', async () => {
  const [line] = await written('info', (log) => log.access({ ...request, grpcStatus: '9' }))
  assert.equal(line?.grpcStatus, '9')
})

test('the access line of a tunnel says why it ended', async () => {
  const [line] = await written('info', (log) => log.access({ ...request, status: 101, tunnelEnd: 'token-expired' }))
  assert.deepEqual([line?.status, line?.reason, line?.refusal], [101, 'token-expired', undefined])
})

test('text from strangers cannot end its string, its line or the document', async () => {
  for (const text of ['a"b', 'a\\', 'a\nb', '\u0000', '\u2028', '\ud800', '\udfff', 'é', '\u{1f600}', '","status":500,"x":"', '\u007f']) {
    const [line, more] = await written('info', (log) => log.access({ ...request, path: text, consumer: text, requestId: text }))

    assert.equal(more, undefined)
    assert.equal(line?.status, 200)
    if (text.isWellFormed()) assert.deepEqual([line.path, line.consumer, line.requestId], [text, text, text])
  }
})

test('durations are decimal milliseconds to the microsecond', async () => {
  const durations = [0, 0.0004, 0.0016, 0.0994, 0.999, 0.9999, 1, 59_999.9999, 0.5]
  const lines = await written('info', (log) => {
    for (const milliseconds of durations) log.access({ ...request, milliseconds })
  })
  assert.deepEqual(
    lines.map((line) => line.milliseconds),
    [0, 0, 0.002, 0.099, 0.999, 1, 1, 60_000, 0.5],
  )
})

test('the time is right across seconds and days', async () => {
  const { sink, clock, log } = rig()
  const times: string[] = []
  for (const step of [0, 0, 1, 993, 1, 999, 86_400_000, 59_995]) {
    clock.advance(step)
    times.push(new Date(clock.now()).toISOString())
    log.event('info', 'tick')
  }
  await log.close()
  assert.deepEqual(
    sink.lines.map((line) => (JSON.parse(line) as { time: string }).time),
    times,
  )
})
