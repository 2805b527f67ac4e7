/** No difference between two manifests goes unseen, and only those that are named here are ever harmless. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import type { Difference } from '../../../../src/cli/diff/difference.ts'
import type { Manifest } from '../../../../src/contract/manifest.ts'
import { fullManifest } from './full-manifest.ts'

type Path = readonly (string | number)[]

/** What says nothing about who may do what: names for people, how the gateway was made, what is told twice. */
const harmless: ReadonlySet<string> = new Set([
  // How it was made.
  ...[
    'digest',
    'name',
    'version',
    'compiler.postern',
    'compiler.esbuild',
    'node',
    'inputs',
    'inputs.file',
    'inputs.digest',
    'capabilities',
  ],
  ...['files', 'files.file', 'files.digest', 'apis.version', 'apis.definition', 'apis.operations', 'listeners.admin'],
  // Names for people.
  ...['operations.id', 'operations.template', 'operations.limits.tier', 'applications.name', 'extensions.modules.file', 'waivers.reason'],
  ...['throttling.unauthenticated.tier', 'throttling.custom.limit.tier', 'consumerFields.name'],
  // Waits for others.
  ...[
    'issuers.introspection.timeoutMilliseconds',
    'issuers.introspection.cache.shared.timeoutMilliseconds',
    'throttling.store.timeoutMilliseconds',
  ],
  ...['operations.cors.maxAgeSeconds', 'issuers.keys.begins', 'apiKeyIssuers.keys.begins'],
  // Follows from how many counters there are; and fewer gateways let less pass.
  ...['throttling.memoryBytes', 'throttling.rings', 'throttling.replicas'],
  // Said by a member beside it.
  ...['operations.security.kind', 'operations.security.alternatives.certificate', 'operations.security.alternatives.credentials'],
])

/** What begins so is told once more elsewhere, or is words. */
const toldElsewhere = [
  /^backends\b/,
  /\.exactness$/,
  /^settings(\.name|\.usedFor|\.required)?$/,
  /\.backends\.(production|sandbox)\.index$/,
]

test('every member of the manifest has something in it here', () => {
  const empty = leaves(fullManifest).filter(({ value }) => value === null || (Array.isArray(value) && value.length === 0))
  // The types leave no choice about these: what a limit spares, and how windows of each kind are told.
  const expected =
    /limits\.backend$|\.limit\.backend$|tiers\.backend$|unauthenticated\.backend$|conditions$|\.(calendar|burst|windowSeconds)$|alternatives\.issuers$|credentials\.scopes$/
  assert.deepEqual(
    empty.map(({ path }) => nameOf(path)).filter((name) => !expected.test(name)),
    [],
  )
})

test('nothing differs from itself', () => assert.deepEqual(compared(fullManifest), []))

test('every member that changes is reported, and is harmless only where that is said here', () => {
  const wrong: string[] = []
  let seen = 0
  for (const { path, value } of leaves(fullManifest)) {
    const name = nameOf(path)
    for (const changedValue of mutations(value)) {
      seen++
      const found = compared(replaced(fullManifest, path, changedValue))
      const how = `${path.join('.')}: ${JSON.stringify(value)?.slice(0, 60)} → ${JSON.stringify(changedValue)?.slice(0, 60)}`
      if (found.length === 0) wrong.push(`not seen: ${how}`)
      else if (isPlace(name)) {
        if (found.some(({ rule }) => rule !== 'at')) wrong.push(`a place that is more than moved: ${how}`)
      } else if (found.every((each) => each.class === 'harmless') && !mayBeHarmless(name, value, changedValue)) {
        wrong.push(`harmless: ${how}: ${found.map(({ text }) => text).join('; ')}`)
      }
    }
  }
  assert.ok(seen > 1000)
  assert.equal(wrong.slice(0, 20).join('\n'), '')
})

test('a member that no rule knows is not harmless, wherever it stands', () => {
  for (const { path, value } of objects(fullManifest)) {
    const found = compared(replaced(fullManifest, path, { ...value, somethingNew: true }))
    const name = nameOf(path)
    const isProvenance = [...harmless].some((each) => name === each) || /^(backends|compiler|inputs|files)\b/.test(name)
    assert.ok(
      found.some((each) => (isProvenance ? true : each.class === 'weakening')),
      `${path.join('.')}: ${JSON.stringify(found)}`,
    )
  }
})

test('a member that a gateway of another version does not have is not harmless', () => {
  // Without its key an item is another one: gone, and new.
  const keys = new Set(['settings.name', 'apis.name', 'operations.method', 'operations.parameters.in', 'operations.parameters.name'])
  for (const { path, value } of objects(fullManifest)) {
    for (const name of Object.keys(value)) {
      const { [name]: _gone, ...rest } = value as Readonly<Record<string, unknown>>
      const rule = nameOf([...path, name])
      if (/^(backends|compiler|inputs|files)\b/.test(rule) || keys.has(rule)) continue
      const found = comparedIfPossible(replaced(fullManifest, path, rest))
      assert.ok(found === null || found.some((each) => each.class === 'weakening'), `${rule}: ${JSON.stringify(found)}`)
    }
  }
})

/** `null` where a rule cannot do without the member, which ends the command. */
function comparedIfPossible(after: Manifest): readonly Difference[] | null {
  try {
    return compared(after)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

function compared(after: Manifest): readonly Difference[] {
  return compareGateways({ manifest: fullManifest, gateway: '' }, { manifest: after, gateway: '' }, new Date(0))
}

function isPlace(name: string): boolean {
  return /(?:^|\.)at$|At$/.test(name) && !name.startsWith('backends')
}

/** More of what is refused, told or asked for is no danger either. */
function mayBeHarmless(name: string, before: unknown, after: unknown): boolean {
  if (harmless.has(name) || toldElsewhere.some((pattern) => pattern.test(name))) return true
  const raised = typeof before === 'number' && typeof after === 'number' && after > before
  const lowered = typeof before === 'number' && typeof after === 'number' && after < before
  const longer = Array.isArray(before) && Array.isArray(after) && after.length > before.length
  const shorter = Array.isArray(before) && Array.isArray(after) && after.length < before.length
  if (/\.(tls|shared|store|feeds)\.authorities$|^throttling\.store\.authorities$/.test(name)) return shorter || longer
  if (/refreshSeconds$|lifetimeSeconds$|everyMilliseconds$/.test(name)) return lowered
  if (/keepMilliseconds$/.test(name) && name.startsWith('revocation')) return raised
  if (name === 'revocation.snapshot') return raised
  if (name === 'operations.parameters.required' || name === 'operations.parameters') return before === true || longer
  if (name === 'waivers.until' || name === 'waivers') return shorter
  return longer && (leafLists.has(name) || name.endsWith('.windows'))
}

/** One more of these, of something that is there already: nothing new is let in. */
const leafLists: ReadonlySet<string> = new Set(
  ['issuers.audiences', 'operations.security.alternatives', 'apis', 'deny', 'revocation.feeds', 'consumerFields', 'operations'].concat(
    leaves(fullManifest).flatMap(({ path, value }) => (Array.isArray(value) && typeof value[0] === 'string' ? [nameOf(path)] : [])),
  ),
)

/** The name of a rule: without the numbers of list items. */
function nameOf(path: Path): string {
  return path.filter((step) => typeof step === 'string').join('.')
}

/** All values that are no objects, and all lists. */
function leaves(value: unknown, path: Path = []): readonly { readonly path: Path; readonly value: unknown }[] {
  if (Array.isArray(value)) return [{ path, value }, ...value.flatMap((item, index) => leaves(item, [...path, index]))]
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([name, member]) => leaves(member, [...path, name]))
}

function objects(value: unknown, path: Path = []): readonly { readonly path: Path; readonly value: object }[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : [{ path, value }]
  const steps = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value)
  return [...own, ...steps.flatMap(([step, member]) => objects(member, [...path, step]))]
}

function mutations(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [`${value}x`]
  if (typeof value === 'number') return [value + 1, ...(value > 0 ? [value - 1] : [])]
  if (typeof value === 'boolean') return [!value]
  if (Array.isArray(value) && value.length > 0) return [value.slice(1), [...value, value[0]]]
  return []
}

/** A copy in which another value stands at the path. */
function replaced(manifest: Manifest, path: Path, value: unknown): Manifest {
  const copy = JSON.parse(JSON.stringify({ root: manifest })) as { root: unknown }
  let holder: object = copy
  let last: string | number = 'root'
  for (const step of path) {
    holder = Reflect.get(holder, last) as object
    last = step
  }
  Reflect.set(holder, last, value)
  return copy.root as Manifest
}
