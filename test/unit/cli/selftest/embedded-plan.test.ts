import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { codeDigest, manifestFor, takeApart, withPlan } from '../../../../src/cli/selftest/embedded-plan.ts'

function gatewayWith(literal: string): string {
  return `before();\n// postern:plan\nvar plan_default = ${literal};\n\n// postern:entry\nstart(plan_default);\n`
}

test('the plan is taken out of a gateway and another one put in, and the code stays as it is', () => {
  for (const literal of [
    `'{"format":1,"name":"it\\'s \\u00e9"}'`,
    `"{\\"format\\":1,\\"name\\":\\"it's é\\"}"`,
    '`{"format":1,"name":"it\'s é"}`',
  ]) {
    const text = takeApart(gatewayWith(literal))
    assert.deepEqual(text.plan, { format: 1, name: "it's é" })
    assert.equal(text.before + literal + text.after, gatewayWith(literal))
    const other = takeApart(withPlan(text, { ...text.plan, name: '";\u2028${alert}`\'' }))
    assert.equal(other.plan.name, '";\u2028${alert}`\'')
    assert.deepEqual([other.before, other.after, codeDigest(other)], [text.before, text.after, codeDigest(text)])
  }
})

test('what is not exactly one text in its place is refused', () => {
  const plan = `'{"format":1}'`
  for (const gateway of [
    'before();\n',
    gatewayWith(plan) + gatewayWith(plan),
    gatewayWith('`{"format":${1}}`'),
    gatewayWith(`${plan} + evil()`),
    gatewayWith('evil()'),
    gatewayWith(`'{"format":2}'`),
    gatewayWith(`'{"format":1}`),
  ])
    assert.throws(() => takeApart(gateway), { message: /does not hold its plan/ })
})

test('the manifest of a gateway with another plan differs in the digest alone', () => {
  const digest = createHash('sha256').update('other').digest('hex')
  const manifest = (value: string): string => `{\n  "digest": "${value}",\n  "x": { "digest": "sha256:00" }\n}\n`
  assert.equal(manifestFor(manifest('sha256:11'), 'other'), manifest(`sha256:${digest}`))
})
