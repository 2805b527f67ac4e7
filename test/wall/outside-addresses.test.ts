/**
 * What manifests for a cluster say of addresses and secrets is drawn from the project, and must be all that the plan has: an address that
 * is missing there could not be reached, and a secret would stand in the open.
 */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { examine } from '../../src/compiler/compile.ts'
import type { Project } from '../../src/compiler/model/model.ts'
import { outsideAddresses } from '../../src/compiler/model/outside-addresses.ts'
import { settingKinds } from '../../src/compiler/model/setting-kinds.ts'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'
import type { GatewayPlan } from '../../src/contract/plan.ts'
import { makeCertificate } from '../certificate.ts'
import { temporaryFolder } from '../temporary-folder.ts'

type Found = { readonly path: string; readonly text: readonly unknown[] }

/** Every text of the plan that stands for an address, by the names that addresses have there. */
function* addressesIn(value: unknown, path = ''): Generator<Found> {
  if (value === null || typeof value !== 'object') return
  for (const [key, member] of Object.entries(value)) {
    const here = `${path}.${key}`
    if (key === 'url' && Array.isArray(member)) yield { path: here, text: member }
    else if ((key === 'urls' || key === 'endpoints') && Array.isArray(member))
      yield* member.map((text: readonly unknown[]) => ({ path: here, text }))
    else yield* addressesIn(member, here)
  }
}

/** Settings below a key that holds a secret, wherever it is in the plan. */
function* secretsIn(value: unknown, secret = false): Generator<string> {
  if (value === null || typeof value !== 'object') return
  if (secret && 'setting' in value && typeof value.setting === 'string') yield value.setting
  for (const [key, member] of Object.entries(value)) yield* secretsIn(member, secret || /^(?:.*secret|.*password|key)$/i.test(key))
}

function hold(name: string, project: Project, plan: GatewayPlan): void {
  const known = new Set(outsideAddresses(project).map(({ url }) => JSON.stringify(url)))
  for (const { path, text } of addressesIn(plan))
    assert.ok(known.has(JSON.stringify(text)), `${name}: ${path} is not among outsideAddresses`)
  const kinds = settingKinds(project)
  for (const setting of secretsIn(plan)) assert.notEqual(kinds.get(setting), 'plain', `${name}: ${setting} is taken for something open`)
}

test('every address and every secret of the plan is known to the manifests', (t) => {
  const root = join(import.meta.dirname, '../..')
  const folder = temporaryFolder(t)
  // Written for the documents: together they hold every key that there is.
  const pages = globSync('docs/**/*.md', { cwd: root }).flatMap((page) =>
    projectsOf(readFileSync(join(root, page), 'utf8'), join(folder, page)),
  )
  const golden = globSync('test/golden/*/postern.yaml', { cwd: root }).map((file) => join(root, dirname(file)))
  let held = 0
  for (const projectFolder of [...pages, ...golden]) {
    const { project } = examine({ projectFolder, now: new Date('2026-06-15T12:00:00Z') })
    if (project === null) continue
    hold(projectFolder, project, makePlan(project).plan)
    held += 1
  }
  assert.ok(held > 30, `${held} projects`)
})

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
/** Whatever an example may name. */
const keys: ReadonlyMap<string, string> = new Map([
  ['idp.jwks.json', JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'example' }] })],
  ['idp.pem', String(publicKey.export({ type: 'spki', format: 'pem' }))],
  [
    'clients-ca.pem',
    makeCertificate({ subject: 'Clients', authority: true, notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01') }),
  ],
])

function projectsOf(page: string, folder: string): readonly string[] {
  const folders = new Set<string>()
  for (const [, name = '', file = '', text = ''] of page.matchAll(/^```\w+ project=(\S+) file=(\S+)\n(.*?)^```$/gms)) {
    const path = join(folder, name, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    folders.add(join(folder, name))
  }
  for (const each of folders) {
    mkdirSync(join(each, 'keys'), { recursive: true })
    for (const [file, content] of keys) writeFileSync(join(each, 'keys', file), content)
  }
  return [...folders].filter((each) => globSync('postern.yaml', { cwd: each }).length > 0)
}
