/** docs/operating.md has every setting, metric and field of the access log, and no other. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commonSettings } from '../../src/contract/settings.ts'
import { accessLine } from '../../src/gateway/observability/access-line.ts'
import { credentialKinds } from '../../src/gateway/observability/credential-counts.ts'
import { Metrics } from '../../src/gateway/observability/metrics.ts'
import { samplePlan } from '../unit/gateway/sample-plan.ts'
import { codeSpan, codeSpans, readDocument, root, rowsOf, section } from './markdown.ts'

const document = readDocument('docs/operating.md')

test('docs/operating.md has every setting with its default, and no other', () => {
  const documented = rowsOf(section(document, 'Settings'), 'Setting')
  const elsewhere: Readonly<Record<string, string>> = {
    POSTERN_HTTP_PORT: 'listen.http',
    POSTERN_HTTPS_PORT: 'listen.https',
    POSTERN_ADMIN_PORT: 'listen.admin',
  }
  assert.deepEqual(
    documented.map((row) => [codeSpan(row.Setting ?? ''), row.Default === '—' ? null : codeSpan(row.Default ?? '')]),
    commonSettings.map(({ name, default: standard }) => [name, standard ?? elsewhere[name] ?? null]),
  )
})

test('docs/operating.md has every metric with its kind, and no other', () => {
  const plan = samplePlan()
  const credential = { kind: 'basic', user: ['a'], password: [{ setting: 'P' }] } as const
  const metrics = new Metrics({ ...plan, upstreams: plan.upstreams.map((upstream) => ({ ...upstream, credential })) }, 'sha256:00')
  metrics.tokenCache = { hits: 0, misses: 0, entries: 0 }
  metrics.introspection = { outcomes: new Map(), joined: 0, knownInvalid: 0, breakersOpen: 0 }
  metrics.sharedAnswers = { outcomes: new Map(), connected: 0 }
  metrics.credentialsEnded = new Map()
  metrics.revokedHere = { dropped: 0 }
  metrics.revocation = { entries: 0, bytes: 0, age: 0, epoch: 0, keepingProblems: 0, sources: [], feeds: [] }
  metrics.publishing = []
  metrics.throttleTable = { entries: 0, evictions: 0 }
  metrics.throttleStore = { away: 0, waits: 0, judgedAway: 0 }
  metrics.trafficManager = { decisions: 0, rejected: 0, events: { sent: 0, dropped: 0, waiting: 0 } }
  metrics.tls.certificates = { expiries: [], reloads: 0, failedReloads: 0 }
  metrics.tunnels = { open: 0, framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, closed: new Map(), refused: new Map() }
  metrics.backendTokens = { signed: 0, entries: 0 }
  metrics.credentials('token')
  metrics.keySets = []
  metrics.workers = { serving: 0, restarts: 0 }
  const rendered = [...metrics.render().matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name, kind])
  const documented = rowsOf(document, 'Metric').map((row) => [codeSpan(row.Metric ?? ''), row.Kind])
  assert.deepEqual(documented.toSorted(), rendered.toSorted())
})

test('docs/operating.md has every kind of credential that is counted, and no other', () => {
  const documented = rowsOf(section(document, 'Credentials'), 'Credential').map((row) => codeSpan(row.Credential ?? ''))
  assert.deepEqual(documented, credentialKinds)
})

test('docs/operating.md has every event of the log, and no other', () => {
  const sources = globSync('src/gateway/**/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
  const written = sources.flatMap((text) => [...text.matchAll(/\b(?:event\(\s*[^,]+,|announce\(|warn\()\s*'([a-z0-9-]+)'/g)])
  const events = new Set(['access', ...written.map(([, event = '']) => event)])
  const documented = rowsOf(document, 'Event').map((row) => codeSpan(row.Event ?? ''))
  assert.deepEqual(documented.toSorted(), [...events].toSorted())
})

test('docs/operating.md has every field of the access log, and no other', () => {
  const line = accessLine('{"time":"","gateway":"","level":"', {
    requestId: '1',
    protocol: '1.1',
    method: 'GET',
    path: '/',
    operation: '',
    status: 200,
    grpcStatus: 'none',
    refusal: { kind: 'no-route', fields: '', reason: 'no-route' },
    milliseconds: 1,
    bytesIn: 0,
    bytesOut: 0,
    address: '',
    consumer: '',
    upstream: 0,
    tries: 1,
    aborted: true,
    tunnelEnd: '',
    revocationEpoch: 1,
    overQuota: 'Gold',
  })
  const everywhere = ['time', 'gateway', 'level', 'event']
  const documented = rowsOf(document, 'Field').flatMap((row) => codeSpans(row.Field ?? ''))
  assert.deepEqual([...everywhere, ...documented].toSorted(), Object.keys(JSON.parse(line)).toSorted())
})
