/** docs/operating.md has every setting, metric and field of the access log, and no other. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonSettings, unsupportedSettings } from '../../src/contract/settings.ts'
import { accessLine } from '../../src/gateway/observability/access-line.ts'
import { Metrics } from '../../src/gateway/observability/metrics.ts'
import { readSettings } from '../../src/gateway/settings.ts'
import { samplePlan } from '../unit/gateway/sample-plan.ts'
import { codeSpan, codeSpans, readDocument, rowsOf, section } from './markdown.ts'

const document = readDocument('docs/operating.md')

test('docs/operating.md has every setting with its default, and no other', () => {
  const documented = rowsOf(section(document, 'Settings'), 'Setting')
  const supported = documented.filter((row) => row.Default !== undefined)
  const byProject: Readonly<Record<string, string>> = { POSTERN_HTTP_PORT: 'listen.http', POSTERN_ADMIN_PORT: 'listen.admin' }
  assert.deepEqual(
    supported.map((row) => [codeSpan(row.Setting ?? ''), codeSpan(row.Default ?? '')]),
    commonSettings.map(({ name, default: standard }) => [name, standard ?? byProject[name]]),
  )
  const reserved = documented.filter((row) => row.Default === undefined).map((row) => codeSpan(row.Setting ?? ''))
  assert.deepEqual(reserved, [...Object.keys(unsupportedSettings), 'POSTERN_WORKERS'])
})

test('reserved settings stop the start', () => {
  for (const name of [...Object.keys(unsupportedSettings), 'POSTERN_WORKERS']) {
    assert.throws(() => readSettings(samplePlan(), { [name]: '2' }), new RegExp(name))
  }
})

test('docs/operating.md has every metric with its kind, and no other', () => {
  const metrics = new Metrics(samplePlan(), 'sha256:00')
  metrics.tokenCache = { hits: 0, misses: 0, entries: 0 }
  metrics.throttleTable = { entries: 0, evictions: 0 }
  const rendered = [...metrics.render().matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind])
  const documented = rowsOf(document, 'Metric').map((row) => [codeSpan(row.Metric ?? ''), row.Kind])
  assert.deepEqual(documented.toSorted(), rendered.toSorted())
})

test('docs/operating.md has every field of the access log, and no other', () => {
  const line = accessLine('{"time":"","gateway":"","level":"', {
    requestId: '1',
    method: 'GET',
    path: '/',
    operation: '',
    status: 200,
    refusal: { kind: 'no-route', fields: '', reason: 'no-route' },
    milliseconds: 1,
    bytesIn: 0,
    bytesOut: 0,
    address: '',
    consumer: '',
    upstream: 0,
    tries: 1,
    aborted: true,
  })
  const everywhere = ['time', 'gateway', 'level', 'event']
  const documented = rowsOf(document, 'Field').flatMap((row) => codeSpans(row.Field ?? ''))
  assert.deepEqual([...everywhere, ...documented].toSorted(), Object.keys(JSON.parse(line)).toSorted())
})
