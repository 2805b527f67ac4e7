import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from '../../../../src/gateway/observability/metrics.ts'
import { sampleIssuer, sampleOperation, samplePlan } from '../sample-plan.ts'

const plan = samplePlan({
  operations: [sampleOperation(), sampleOperation({ id: 'POST "/a\\b"\n', method: 'POST' })],
  issuers: [
    sampleIssuer({
      keys: [
        { kid: 'k1', algorithms: ['RS256'], jwk: {}, notAfter: 1_900_000_000 },
        { kid: 'k2', algorithms: ['RS256'], jwk: {}, notAfter: null },
      ],
    }),
  ],
})

function lines(metrics: Metrics, start: string): readonly string[] {
  return metrics
    .render()
    .split('\n')
    .filter((line) => line.startsWith(start))
}

test('which gateway it is', () => {
  const [line] = lines(new Metrics(plan, 'sha256:abc'), 'postern_build_info{')
  assert.equal(line, `postern_build_info{name="petstore",version="1.0.0",digest="sha256:abc",node="${process.version}"} 1`)
})

test('requests by operation and status; what had no operation stands without a name', () => {
  const metrics = new Metrics(plan, '')
  metrics.requestDone(0, 200, 1)
  metrics.requestDone(0, 200, 1)
  metrics.requestDone(0, 404, 1)
  metrics.requestDone(-1, 400, 1)
  assert.deepEqual(lines(metrics, 'postern_requests_total'), [
    'postern_requests_total{api="",operation="",method="",status="400"} 1',
    'postern_requests_total{api="petstore",operation="getPet",method="GET",status="200"} 2',
    'postern_requests_total{api="petstore",operation="getPet",method="GET",status="404"} 1',
  ])
})

test('text from a definition is escaped', () => {
  const metrics = new Metrics(plan, '')
  metrics.requestDone(1, 200, 1)
  assert.deepEqual(lines(metrics, 'postern_requests_total'), [
    'postern_requests_total{api="petstore",operation="POST \\"/a\\\\b\\"\\n",method="POST",status="200"} 1',
  ])
})

test('durations are a cumulative histogram in seconds', () => {
  const metrics = new Metrics(plan, '')
  for (const milliseconds of [0.1, 0.25, 3, 60_000]) metrics.requestDone(0, 200, milliseconds)
  const buckets = lines(metrics, 'postern_request_duration_seconds_bucket')
  const counts = new Map(buckets.map((line) => [/le="([^"]+)"/.exec(line)?.[1], Number(line.split(' ').at(-1))]))
  assert.deepEqual(
    [counts.get('0.00025'), counts.get('0.0025'), counts.get('0.005'), counts.get('30'), counts.get('+Inf')],
    [2, 2, 3, 3, 4],
  )
  const labels = '{api="petstore",operation="getPet",method="GET"}'
  assert.deepEqual(lines(metrics, 'postern_request_duration_seconds_count'), [`postern_request_duration_seconds_count${labels} 4`])
  assert.deepEqual(lines(metrics, 'postern_request_duration_seconds_sum'), [`postern_request_duration_seconds_sum${labels} 60.00335`])
})

test('a backend that answers with every status cannot make the table grow', () => {
  const metrics = new Metrics(plan, '')
  for (let status = 100; status < 600; status++) metrics.requestDone(0, status, 1)
  for (const odd of [0, 99, 600, 999, -1, Number.NaN]) metrics.requestDone(0, odd, 1)
  const requests = lines(metrics, 'postern_requests_total')
  assert.equal(requests.length, 40)
  assert.equal(requests[0], 'postern_requests_total{api="petstore",operation="getPet",method="GET",status="other"} 467')
})

test('refusals, upstream errors, connections', () => {
  const metrics = new Metrics(plan, '')
  metrics.refusedBeforeRouting('bad-request')
  metrics.authFailure('signature')
  metrics.authFailure('signature')
  metrics.throttled(1, 'api')
  metrics.throttled(0, 'operation')
  metrics.upstreamError(0, 'connect-failed')
  metrics.upstreamError(7, 'no such upstream')
  metrics.connectionOpened()
  metrics.connectionOpened()
  metrics.connectionClosed()
  metrics.inFlight++
  const text = metrics.render()
  for (const line of [
    'postern_refused_before_routing_total{reason="bad-request"} 1',
    'postern_auth_failures_total{reason="signature"} 2',
    'postern_throttled_total{operation="POST \\"/a\\\\b\\"\\n",level="api"} 1',
    'postern_throttled_total{operation="getPet",level="operation"} 1',
    'postern_upstream_errors_total{upstream="0",reason="connect-failed"} 1',
    'postern_connections_open 1',
    'postern_connections_total 2',
    'postern_requests_in_flight 1',
    'postern_key_expiry_timestamp_seconds{issuer="https://idp.example.com",kid="k1"} 1900000000',
    'postern_log_lines_dropped_total 0',
  ]) {
    assert.ok(text.includes(`\n${line}\n`), line)
  }
  assert.equal(text.includes('k2'), false)
})

test('figures of cache and table appear where there are such', () => {
  const metrics = new Metrics(plan, '')
  assert.deepEqual([lines(metrics, 'postern_token_cache'), lines(metrics, 'postern_throttle_')], [[], []])
  metrics.tokenCache = { hits: 3, misses: 2, entries: 1 }
  metrics.throttleTable = { entries: 5, evictions: 4 }
  metrics.log = { dropped: 9 }
  assert.deepEqual(lines(metrics, 'postern_token_cache'), [
    'postern_token_cache_hits_total 3',
    'postern_token_cache_misses_total 2',
    'postern_token_cache_entries 1',
  ])
  assert.deepEqual(lines(metrics, 'postern_throttle_'), ['postern_throttle_counters 5', 'postern_throttle_evictions_total 4'])
  assert.deepEqual(lines(metrics, 'postern_log_lines_dropped_total'), ['postern_log_lines_dropped_total 9'])
})

test('the whole text is well-formed: every sample belongs to the family before it', () => {
  const metrics = new Metrics(plan, 'sha256:abc')
  metrics.requestDone(0, 200, 1)
  metrics.requestDone(1, 500, 1)
  metrics.authFailure('missing')
  metrics.throttled(0, 'api')
  const families = new Set<string>()
  let family = ''
  for (const line of metrics.render().split('\n').slice(0, -1)) {
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line)
    if (type !== null) {
      family = type[1] ?? ''
      assert.equal(families.has(family), false, `${family} twice`)
      families.add(family)
    } else if (!line.startsWith('# HELP ')) {
      const sample = /^([a-z_]+?)(_bucket|_sum|_count)?(\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\})? (\d+(\.\d+)?(e-?\d+)?|NaN|\+Inf)$/.exec(
        line,
      )
      assert.notEqual(sample, null, line)
      assert.ok(sample?.[1] === family || `${sample?.[1]}${sample?.[2]}` === family, `${line} in ${family}`)
    }
  }
  assert.ok(families.has('process_resident_memory_bytes') && families.has('nodejs_eventloop_lag_max_seconds'))
})

test('credentials by kind and what became of them; bad ones are failures as well', () => {
  const metrics = new Metrics(plan, '')
  assert.deepEqual(lines(metrics, 'postern_credentials_total'), [])
  const tokens = metrics.credentials('token')
  tokens.accepted++
  tokens.refused('expired')
  metrics.credentials('proof').refused('proof-time')
  metrics.credentials('token').accepted++
  metrics.authFailure('scope')
  metrics.authFailure('expired')
  assert.deepEqual(lines(metrics, 'postern_credentials_total'), [
    'postern_credentials_total{kind="token",outcome="accepted"} 2',
    'postern_credentials_total{kind="token",outcome="expired"} 1',
    'postern_credentials_total{kind="proof",outcome="accepted"} 0',
    'postern_credentials_total{kind="proof",outcome="proof-time"} 1',
  ])
  assert.deepEqual(lines(metrics, 'postern_auth_failures_total'), [
    'postern_auth_failures_total{reason="scope"} 1',
    'postern_auth_failures_total{reason="expired"} 2',
    'postern_auth_failures_total{reason="proof-time"} 1',
  ])
})
