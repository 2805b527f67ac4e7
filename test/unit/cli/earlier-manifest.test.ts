/** Bundles whose manifests earlier versions wrote: what commands make of them. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compareGateways } from '../../../src/cli/diff/compare-gateways.ts'
import { limitRows } from '../../../src/cli/limit-rows.ts'
import { readManifest } from '../../../src/cli/manifest-of.ts'
import { digestOf, hexOf } from '../../../src/compiler/digest.ts'
import type { Manifest } from '../../../src/contract/manifest.ts'
import { fullManifest } from './diff/full-manifest.ts'

/** With this as the tier of callers without a credential. */
function written(context: TestContext, unauthenticated: unknown): Manifest {
  const folder = mkdtempSync(join(tmpdir(), 'postern-test-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const { digest: _, ...rest } = { ...fullManifest, throttling: { ...fullManifest.throttling, unauthenticated } }
  const textWith = (digest: string): string => JSON.stringify({ digest, ...rest }, null, 2)
  const gateway = `// ${hexOf(digestOf(textWith('')))}\n`
  writeFileSync(join(folder, 'gateway.mjs'), gateway)
  writeFileSync(join(folder, 'manifest.json'), textWith(digestOf(Buffer.from(gateway))))
  return readManifest(folder)
}

const sides = (...[before, after]: readonly [Manifest, Manifest]) =>
  [
    { manifest: before, gateway: '' },
    { manifest: after, gateway: '' },
  ] as const

test('the tier of callers without a credential, before it could have groups', (context) => {
  const [limit] = fullManifest.throttling?.unauthenticated ?? []
  assert.ok(limit !== undefined)
  const [none, one, now] = [written(context, null), written(context, limit), written(context, [limit])]
  const differences = (before: Manifest, after: Manifest): readonly string[] =>
    compareGateways(...sides(before, after), new Date(0))
      .filter(({ rule }) => rule.startsWith('throttling'))
      .map(({ class: found, rule }) => `${found} ${rule}`)
  assert.deepEqual(differences(one, now), [])
  assert.deepEqual(differences(none, now), ['breaking throttling.unauthenticated'])
  assert.deepEqual(differences(now, none), ['weakening throttling.unauthenticated'])
  assert.equal(limitRows(one).length, limitRows(none).length + 1)
})
