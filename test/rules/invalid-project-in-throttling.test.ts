/** `throttling` of postern.yaml: several gateways that count together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, projectWith } from './check-project.ts'

const url = 'url: "${REDIS_URL}"'

/** Code and place of what is wrong with it. */
function said(throttling: string): readonly string[] {
  return diagnose(projectWith(`throttling: { ${throttling} }\n`)).map((line) => line.replace(/^.* error (\S+) #\/throttling/, '$1 '))
}

test('what may be said of the Redis', () => {
  for (const store of [
    url,
    `${url}, mode: leased, whenAway: local, replicas: 4`,
    `${url}, mode: strict, whenAway: deny, timeout: 20ms, secret: "\${SECRET}"`,
    'url: rediss://redis.example.com:6379, whenAway: allow',
    'url: redis://127.0.0.1:6379/3',
    'url: redis://redis.internal, plainTcp: true',
    'url: ["rediss://one.example.com", "rediss://two.example.com"], cluster: true',
    `${url}, sentinel: mymaster`,
  ]) {
    assert.deepEqual(said(`store: redis, ${store}`), [], store)
  }
})

test('what may not', () => {
  for (const [store, expected] of [
    ['mode: leased', 'invalid-project '],
    ['url: redis://redis.internal', 'invalid-project /url'],
    ['url: http://redis.internal', 'invalid-project /url'],
    ['url: []', 'invalid-project /url'],
    ['url: ["rediss://one.example.com", "rediss://two.example.com"]', 'invalid-project '],
    ['url: "rediss://gateway:pass@redis.example.com"', 'secret-in-file /url'],
    [`${url}, mode: fast`, 'invalid-project /mode'],
    [`${url}, whenAway: block`, 'invalid-project /whenAway'],
    [`${url}, replicas: 0`, 'invalid-project /replicas'],
    [`${url}, timeout: 1ms`, 'invalid-project /timeout'],
    [`${url}, sentinel: "my master"`, 'invalid-project /sentinel'],
    [`${url}, sentinel: mymaster, cluster: true`, 'invalid-project /sentinel'],
    [`${url}, secret: abcdef`, 'secret-in-file /secret'],
    [`${url}, key: value`, 'unknown-key /key'],
  ] as const) {
    assert.deepEqual(said(`store: redis, ${store}`), [expected], store)
  }
})

test('keys of the Redis are for it alone', () => {
  assert.deepEqual(said('store: local, mode: leased'), ['invalid-project /mode'])
  assert.deepEqual(said(`${url}, replicas: 2`), ['invalid-project /url'])
})
