import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { diagnosticCodes } from '../../src/compiler/diagnostic-codes.ts'

const codes = Object.keys(diagnosticCodes)
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.test.ts'.length))

test('every diagnostic code has a test of its own name, which expects it at a line, a column and a pointer', () => {
  for (const code of codes) {
    assert.ok(names.includes(code), `${code}.test.ts is missing`)
    const text = readFileSync(new URL(`${code}.test.ts`, import.meta.url), 'utf8')
    assert.match(text, new RegExp(`:\\d+:\\d+ (?:error|warning) ${code} (?:#|\\$\\{)`), code)
  }
})

test('no test here is named for a code that does not exist', () => {
  const strangers = names.filter((name) => !codes.some((code) => name === code || name.startsWith(`${code}-in-`)))
  assert.deepEqual(strangers, ['every-code'])
})
