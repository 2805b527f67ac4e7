import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Metafile } from 'esbuild'
import { guard, packagesIn } from '../../../../src/compiler/bundle/guard.ts'

function metafile(
  inputs: readonly string[],
  imports: readonly string[] = [],
  kind: 'import-statement' | 'dynamic-import' | 'require-call' = 'import-statement',
): Metafile {
  const external = imports.map((path) => ({ path, kind, external: true }))
  const input = { bytes: 1, imports: external }
  const output = {
    bytes: 1,
    inputs: {},
    exports: [],
    imports: external,
  }
  return { inputs: Object.fromEntries(inputs.map((name) => [name, input])), outputs: { 'gateway.mjs': output } }
}

const core = ['postern:entry', 'postern:plan', 'postern:manifest-digest', 'postern:gateway/main', 'postern:contract/plan']

test('the engine, the plan and Node’s own modules may stand in a bundle', () => {
  guard(metafile(core, ['node:net', 'node:fs']), [])
})

test('a capability brings its modules and packages, and only it does', () => {
  const withTokens = metafile([...core, 'postern:gateway/auth/jwt', 'package:jose/dist/webapi/index.js'])
  guard(withTokens, ['jwt'])
  assert.throws(() => guard(withTokens, ['throttle']), /auth\/jwt.*jose/)
  assert.throws(() => guard(metafile([...core, 'postern:gateway/throttle/throttle']), []), /throttle/)
  assert.throws(() => guard(metafile([...core, 'postern:gateway/wso2-errors']), []), /wso2-errors/)
})

test('what Node loads only where it is needed is never imported at start', () => {
  for (const name of ['node:tls', 'node:http2']) {
    assert.throws(() => guard(metafile(core, [name]), ['https-backend']), new RegExp(name))
    guard(metafile(core, [name], 'dynamic-import'), [])
  }
})

test('only a package that is known to do it loads parts of Node by calls', () => {
  assert.throws(() => guard(metafile(core, ['node:net'], 'require-call'), []), /node:net/)
  assert.throws(() => guard(metafile(['package:jose/a.js'], ['node:net'], 'require-call'), ['jwt']), /node:net/)
  guard(metafile(['package:@redis/client/a.js'], ['node:tls'], 'require-call'), ['shared-introspection'])
  guard(metafile(['package:@redis/client/a.js'], ['node:tls'], 'require-call'), ['revocation', 'revocation-redis'])
})

test('what belongs to the build is named as an intruder', () => {
  for (const name of ['handlebars', 'yaml', 'esbuild', 'commander', '@redocly/core']) {
    assert.throws(() => guard(metafile([...core, `package:${name}/index.js`]), ['jwt']), new RegExp(name))
  }
  assert.throws(() => guard(metafile([...core, 'postern:compiler/diagnostics']), []), /compiler\/diagnostics/)
  assert.throws(() => guard(metafile([...core, 'src/anything.ts']), []), /anything/)
})

test('nothing is left to be found at run time', () => {
  assert.throws(() => guard(metafile(core, ['jose']), ['jwt']), /jose/)
})

test('each package is named once', () => {
  assert.deepEqual(packagesIn(metafile([...core, 'package:jose/a.js', 'package:jose/b.js', 'package:@x/y/c.js'])), ['jose', '@x/y'])
})
