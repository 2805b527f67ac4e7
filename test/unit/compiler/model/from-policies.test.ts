import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { readPolicies } from '../../../../src/compiler/model/from-policies.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import type { WindowPlan } from '../../../../src/contract/plan/limit.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { reported } from './yaml-node.ts'

const at = { file: 'postern.yaml', line: 1, column: 1, pointer: '#' }

function read(context: TestContext, text: string) {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'policies.yaml'), text)
  const diagnostics = new Diagnostics()
  const policies = readPolicies({ value: 'policies.yaml', at }, new Sources(folder, diagnostics), diagnostics)
  const none = {
    tiers: new Map(),
    tierGroups: new Map(),
    applicationTiers: new Map(),
    subscriptionTiers: new Map(),
    deny: [],
    customLimits: [],
  }
  return { ...(policies ?? none), findings: reported(diagnostics) }
}

test('tiers have one window or several, sliding unless they say otherwise', (context) => {
  const { tiers, findings } = read(
    context,
    `tiers:
  Gold: { requests: 5000, per: 1m }
  Steady: [{ requests: 1000, per: 1m }, { requests: 20, per: 1s, algorithm: fixed }]
`,
  )
  assert.deepEqual(findings, [])
  assert.deepEqual([...tiers.keys()], ['Gold', 'Steady'])
  assert.deepEqual(tiers.get('Gold'), {
    name: 'Gold',
    at: { file: 'policies.yaml', line: 2, column: 3, pointer: '#/tiers/Gold' },
    windows: [{ algorithm: 'sliding', unit: 'requests', amount: 5000, window: 60_000 }],
    whenUsedUp: 'refuse',
  })
  assert.deepEqual(tiers.get('Steady')?.windows[1], { algorithm: 'fixed', unit: 'requests', amount: 20, window: 1000 })
})

test('bandwidth is read in bytes', (context) => {
  const { tiers } = read(context, 'tiers: { Upload: { bandwidth: 100MB, per: 1h } }')
  assert.deepEqual(tiers.get('Upload')?.windows, [{ algorithm: 'sliding', unit: 'bytes', amount: 100_000_000, window: 3_600_000 }])
})

test('windows of the calendar, and a quota that comes evenly', (context) => {
  const { tiers, findings } = read(
    context,
    `tiers:
  Daily: { requests: 10, per: day, timeZone: europe/berlin }
  Monthly: { bandwidth: 1GB, per: month }
  Even: { requests: 100, per: 1s, algorithm: gcra }
  Eager: { requests: 100, per: 1s, algorithm: gcra, burst: 20 }
`,
  )
  assert.deepEqual(findings, [])
  assert.deepEqual(
    [...tiers.values()].map(({ windows }) => windows[0]),
    [
      { algorithm: 'calendar', unit: 'requests', amount: 10, period: 'day', timeZone: 'Europe/Berlin' },
      { algorithm: 'calendar', unit: 'bytes', amount: 1_000_000_000, period: 'month', timeZone: 'UTC' },
      { algorithm: 'gcra', unit: 'requests', amount: 100, window: 1000, burst: 1 },
      { algorithm: 'gcra', unit: 'requests', amount: 100, window: 1000, burst: 20 },
    ],
  )
})

test('a tier may let pass what is beyond it, in both forms', (context) => {
  const { tiers, subscriptionTiers, findings } = read(
    context,
    `tiers:
  Soft: { requests: 10, per: 1m, stopOnQuotaReach: false }
  Both: [{ requests: 10, per: 1m, stopOnQuotaReach: false }, { requests: 2, per: 1s, stopOnQuotaReach: false }]
  Hard: { requests: 10, per: 1m, stopOnQuotaReach: true }
subscriptionPolicies:
  - Gold: { count: 5000, unitTime: 1, timeUnit: min, stopOnQuotaReach: false }
  - Silver: { count: 2000, unitTime: 1, timeUnit: min, stopOnQuotaReach: true }
`,
  )
  assert.deepEqual(findings, [])
  assert.deepEqual(
    [...tiers.values(), ...subscriptionTiers.values()].map(({ name, whenUsedUp }) => [name, whenUsedUp]),
    [
      ['Soft', 'mark'],
      ['Both', 'mark'],
      ['Hard', 'refuse'],
      ['Gold', 'mark'],
      ['Silver', 'refuse'],
    ],
  )
})

function windowLength(window: WindowPlan | undefined): number {
  assert.ok(window !== undefined && window.algorithm !== 'calendar')
  return window.window
}

test('WSO2’s resource policies have fixed windows, in all of its units', (context) => {
  const units = ['min', 'hour', 'day', 'week', 'month', 'year']
  const { tiers, findings } = read(
    context,
    `resourcePolicies:\n${units.map((unit) => `  - 10Per${unit}: { count: 10, unitTime: 1, timeUnit: ${unit} }`).join('\n')}\n`,
  )
  assert.deepEqual(findings, [])
  const minute = 60_000
  assert.deepEqual(
    [...tiers.values()].map(({ name, windows }) => [name, windowLength(windows[0]) / minute]),
    [
      ['10Permin', 1],
      ['10Perhour', 60],
      ['10Perday', 1440],
      ['10Perweek', 10_080],
      ['10Permonth', 43_200],
      ['10Peryear', 525_600],
    ],
  )
  assert.ok([...tiers.values()].every(({ windows }) => windows[0]?.algorithm === 'fixed'))
})

test('WSO2’s levels have names of their own', (context) => {
  const policy = (count: number): string => `  - Gold: { count: ${count}, unitTime: 1, timeUnit: min }\n`
  const text = `resourcePolicies:\n${policy(1)}applicationPolicies:\n${policy(2)}subscriptionPolicies:\n${policy(3)}`
  const { findings, ...read3 } = read(context, text)
  assert.deepEqual(findings, [])
  const counts = [read3.tiers, read3.applicationTiers, read3.subscriptionTiers].map((tiers) => tiers.get('Gold')?.windows[0]?.amount)
  assert.deepEqual(counts, [1, 2, 3])
  assert.deepEqual(read(context, 'applicationPolicies:\nresourcePolicies:\n').findings, [])
})

test('a tier with a mistake stays known, so that who names it is not blamed', (context) => {
  const { tiers, findings } = read(context, 'tiers: { Gold: { requests: 0, per: 1m } }')
  assert.deepEqual(tiers.get('Gold')?.windows, [])
  assert.deepEqual(findings, ['1:28 invalid-policy `requests` must be a whole number from 1 to 2147483647, and is the number 0'])
})

test('what a tier cannot be', (context) => {
  const wrong: readonly (readonly [string, string])[] = [
    ['{ requests: 1.5, per: 1m }', 'invalid-policy'],
    ['{ requests: "1", per: 1m }', 'invalid-policy'],
    ['{ requests: 2147483648, per: 1m }', 'invalid-policy'],
    ['{ requests: 1, per: 99ms }', 'invalid-policy'],
    ['{ requests: 1, per: 366d }', 'invalid-policy'],
    ['{ requests: 1, per: 60 }', 'invalid-policy'],
    ['{ requests: 1 }', 'invalid-policy'],
    ['{ per: 1m }', 'invalid-policy'],
    ['{ requests: 1, bandwidth: 1MB, per: 1m }', 'invalid-policy'],
    ['{ bandwidth: 0B, per: 1m }', 'invalid-policy'],
    ['{ requests: 1, per: 1m, algorithm: leaky }', 'invalid-policy'],
    ['{ requests: 1, per: 1m, bursts: 2 }', 'unknown-key'],
    ['{ requests: 1, per: 1m, burst: 2 }', 'invalid-policy'],
    ['{ requests: 1, per: 1m, algorithm: gcra, burst: 0 }', 'invalid-policy'],
    ['{ requests: 1, per: 1m, algorithm: calendar }', 'invalid-policy'],
    ['{ requests: 1, per: 1m, timeZone: UTC }', 'invalid-policy'],
    ['{ requests: 1, per: week }', 'invalid-policy'],
    ['{ requests: 1, per: day, timeZone: Mars/Olympus }', 'invalid-policy'],
    ['{ requests: 1, per: day, algorithm: fixed }', 'invalid-policy'],
    ['{ requests: 1, per: month, burst: 3 }', 'invalid-policy'],
    ['[{ requests: 1, per: 1m }, { requests: 1, per: 1s, stopOnQuotaReach: false }]', 'invalid-policy'],
    ['{ requests: 1, per: 1m, stopOnQuotaReach: never }', 'invalid-policy'],
    ['[]', 'invalid-policy'],
    ['[{ requests: 1, per: 1m }, { bandwidth: 1MB, per: 1m }]', 'invalid-policy'],
    [`[${'{ requests: 1, per: 1m },'.repeat(11)}]`, 'invalid-policy'],
    ['Gold', 'invalid-policy'],
  ]
  for (const [tier, code] of wrong) {
    const { findings } = read(context, `tiers: { Gold: ${tier} }`)
    assert.equal(findings.length, 1, `${tier}: ${findings}`)
    assert.equal(findings[0]?.split(' ')[1], code, tier)
  }
})

test('what a WSO2 policy cannot be', (context) => {
  const wrong = [
    '{ count: 0, unitTime: 1, timeUnit: min }',
    '{ count: 1, unitTime: 0, timeUnit: min }',
    '{ count: 1, unitTime: 1, timeUnit: second }',
    '{ count: 1, unitTime: 13, timeUnit: month }',
    '{ unitTime: 1, timeUnit: min }',
    '[]',
  ]
  for (const policy of wrong) {
    const { findings } = read(context, `resourcePolicies: [{ Gold: ${policy} }]`)
    assert.match(findings.join('\n'), /^\S+ invalid-policy [^\n]*$/, policy)
  }
  assert.match(read(context, 'resourcePolicies: [{}]').findings.join(), /^1:20 invalid-policy/)
  assert.match(read(context, 'resourcePolicies: [{ A: {}, B: {} }]').findings.join(), /^1:20 invalid-policy/)
})

test('a tier is defined once, in whatever form', (context) => {
  const { findings } = read(
    context,
    'tiers: { Gold: { requests: 1, per: 1m } }\nresourcePolicies: [{ Gold: { count: 1, unitTime: 1, timeUnit: min } }]\n',
  )
  assert.deepEqual(findings, ['2:22 duplicate-tier the tier `Gold` is already defined at line 1'])
})

test('names of tiers are plain text, and `Unlimited` is taken', (context) => {
  for (const name of ['Unlimited', '', ' ', '"a\\nb"', 'ä', 'a"b'.replace('"', '\\"'), 'a'.repeat(65), '-a']) {
    const quoted = name.startsWith('"') ? name : `"${name}"`
    const { tiers, findings } = read(context, `tiers: { ${quoted}: { requests: 1, per: 1m } }`)
    assert.equal(tiers.size, 0, name)
    assert.match(findings.join('\n'), /^1:10 invalid-policy [^\n]*$/, name)
  }
})
