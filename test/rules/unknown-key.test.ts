import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith } from './check-project.ts'
import { issuerLines } from './issuer-files.ts'

test('an unknown key of postern.yaml, at every level', () => {
  const files = projectWith(
    `    sandboxBakend: http://127.0.0.1:9001
isuers: []
listen: { port: 80 }
limits: { maxHed: 1KiB }
timeouts: { haed: 1s }
throttling: { Store: local }
${issuerLines('idp.pem')}    audience: [sample]
    claims: { user: sub }
waivers: [{ rule: unused-tier, at: "#", reason: a, till: 2027-06-30, until: 2027-06-30 }]
constructor: 1
`,
    { 'idp.pem': '' },
  )
  const found = findings(files).filter(({ code }) => code === 'unknown-key')
  assert.deepEqual(
    found.map(({ at, hint }) => `${at.line}:${at.column} ${at.pointer} ${hint}`),
    [
      '6:5 #/apis/0/sandboxBakend Did you mean `sandboxBackend`?',
      '7:1 #/isuers Did you mean `issuers`?',
      '8:11 #/listen/port Known here: http, https, admin.',
      '9:11 #/limits/maxHed Did you mean `maxHead`?',
      '10:13 #/timeouts/haed Did you mean `head`?',
      '11:15 #/throttling/Store Did you mean `store`?',
      '16:5 #/issuers/0/audience Did you mean `audiences`?',
      '17:15 #/issuers/0/claims/user Known here: scope, subject, client, application, keyType.',
      '18:52 #/waivers/0/till Known here: rule, at, reason, until.',
      '19:1 #/constructor Known here: name, version, apis, policies, issuers, revocation, throttling, apiKeys, users, subscriptions, extensions, backendToken, consumerFields, listen, clientCertificates, trustedProxies, publicOrigins, errors, waivers, limits, timeouts, kubernetes.',
    ],
  )
})

test('an unknown key of the policies', () => {
  const files = projectWith('', {
    'policies.yaml': `tier: {}
tiers: { Gold: { requests: 1, per: 1m, brust: 1 } }
resourcePolicies: [{ Silver: { count: 1, unitTime: 1, timeUnit: min, billingPlan: true } }]
`,
  })
  assert.deepEqual(diagnose(files), [
    'policies.yaml:1:1 error unknown-key #/tier',
    'policies.yaml:2:40 error unknown-key #/tiers/Gold/brust',
    'policies.yaml:3:70 error unknown-key #/resourcePolicies/0/Silver/billingPlan',
  ])
})
