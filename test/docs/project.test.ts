/** docs/project.md has every key of the schema with its default, every bound of the compiler, and no other. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatDuration } from '../../src/compiler/model/duration.ts'
import { httpLimitBounds } from '../../src/compiler/model/http-limits.ts'
import { formatSize } from '../../src/compiler/model/size.ts'
import { timeoutBounds } from '../../src/compiler/model/timeouts.ts'
import { codeSpan, codeSpans, type Row, readDocument, rowsOf, section } from './markdown.ts'

type Schema = {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly required?: readonly string[]
  readonly default?: unknown
}

const schema: Schema & { readonly $defs: Readonly<Record<string, Schema>> } = JSON.parse(
  readFileSync(new URL('../../schemas/postern.schema.json', import.meta.url), 'utf8'),
)

type Key = { readonly path: string; readonly later: boolean; readonly defaultText: string }

function keysOf(object: Schema, prefix: string): readonly Key[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, value]) => {
    const path = `${prefix}${name}`
    const resolved = { ...definitionOf(value), ...value }
    const standard = resolved.default === undefined ? '—' : `\`${resolved.default}\``
    const key = {
      path,
      later: value.$ref === '#/$defs/later',
      defaultText: object.required?.includes(name) ? 'required' : standard,
    }
    const item = resolved.items === undefined ? undefined : definitionOf(resolved.items)
    return [key, ...keysOf(resolved, `${path}.`), ...(item === undefined ? [] : keysOf(item, `${path}[].`))]
  })
}

function definitionOf({ $ref, ...rest }: Schema): Schema {
  return $ref === undefined ? rest : (schema.$defs[$ref.replace('#/$defs/', '')] ?? {})
}

const document = readDocument('docs/project.md')
const later = section(document, 'Not supported yet')
const keys = keysOf(schema, '')
const rows = rowsOf(document.replace(later, ''), 'Key')

test('docs/project.md has every key that this version knows, with its default, and no other', () => {
  const documented = rows.map((row) => [codeSpan(row.Key ?? ''), row.Default])
  const known = keys.filter((key) => !key.later).map(({ path, defaultText }) => [path, defaultText])
  assert.deepEqual(documented.toSorted(), known.toSorted())
})

test('docs/project.md has every key that is refused as not supported yet, and no other', () => {
  const documented = rowsOf(later, 'Key').flatMap((row) => codeSpans(row.Key ?? ''))
  assert.deepEqual(documented.toSorted(), keys.flatMap(({ path, later }) => (later ? [path] : [])).toSorted())
})

function boundsOf(prefix: string): ReadonlyMap<string, Row> {
  const own = rows.filter((row) => row.From !== undefined && row.Key?.startsWith(`\`${prefix}.`))
  return new Map(own.map((row) => [codeSpan(row.Key ?? '').slice(prefix.length + 1), row]))
}

test('docs/project.md has the bounds of each limit', () => {
  for (const [name, { kind, least, most }] of Object.entries(httpLimitBounds)) {
    const text = (value: number): string => `\`${kind === 'size' ? formatSize(value) : value}\``
    const row = boundsOf('limits').get(name)
    assert.deepEqual([row?.From, row?.To], [text(least), text(most)], name)
  }
})

test('docs/project.md has the bounds of each timeout', () => {
  for (const [name, { least, most }] of Object.entries(timeoutBounds)) {
    const row = boundsOf('timeouts').get(name)
    assert.deepEqual([row?.From, row?.To], [`\`${formatDuration(least)}\``, `\`${formatDuration(most)}\``], name)
  }
})

test('the full example has every key at the root', () => {
  const [, full = ''] = /^```yaml project=full file=postern\.yaml\n(.*?)^```$/ms.exec(document) ?? []
  const written = [...full.matchAll(/^([a-zA-Z]+):/gm)].map(([, key = '']) => key)
  const known = keys.filter((key) => !key.later && /^\w+$/.test(key.path)).map(({ path }) => path)
  assert.deepEqual(written.toSorted(), known.toSorted())
})
