/** All of npm's @readme/oas-examples: each can be built, or is refused for a reason that stands here. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { temporaryFolder } from '../temporary-folder.ts'
import { checkDefinition } from './corpus-project.ts'

const examples = fileURLToPath(new URL('../../node_modules/@readme/oas-examples', import.meta.url))
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** API keys and basic authentication are protection that this version cannot enforce, alone or together with a token. */
const credentials = ['unenforceable-security']

const refused: Readonly<Record<string, readonly string[]>> = {
  '2.0/petstore': credentials,
  '2.0/petstore-simple': credentials,
  '3.0/petstore': credentials,
  '3.0/petstore-simple': credentials,
  '3.0/petstore-simple-no-tags': credentials,
  '3.0/readme-legacy': credentials,
  '3.0/security': credentials,
  '3.0/security-multiple': credentials,
  '3.1/petstore': credentials,
  '3.1/petstore-simple': credentials,
  '3.1/security': credentials,
  // It names a scheme that it does not declare.
  '3.0/response-http-behavior': ['undefined-security-scheme'],
  // Paths with a fragment, which no request can have; they can be waived.
  '3.0/parameters-style': ['path-with-fragment'],
  '3.1/parameters-style': ['path-with-fragment'],
}

const files = globSync('*/{json,yaml}/*.{json,yaml}', { cwd: examples }).sort()

test('the examples are there', () => assert.ok(files.length > 100))

for (const file of files) {
  test(file, (t) => {
    const { errors, operations } = checkDefinition(join(examples, file), temporaryFolder(t))
    const expected = refused[file.replace(/(?:json|yaml)\/(.*)\.(?:json|yaml)$/, '$1')] ?? []
    assert.deepEqual([...new Set(errors.map(({ code }) => code))], expected)
    assert.equal(operations.length, operationsIn(file))
  })
}

test('paths with a fragment can be waived', (t) => {
  const waivers = ['formNonExploded', 'formExploded'].map((style) => ({ rule: 'path-with-fragment', at: `#/paths/~1cookies%23${style}` }))
  const { errors } = checkDefinition(join(examples, '3.1/yaml/parameters-style.yaml'), temporaryFolder(t), waivers)
  assert.deepEqual(errors, [])
})

type Paths = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Counted by another reader, from `paths` alone. */
function operationsIn(file: string): number {
  const document: { readonly paths?: Paths } = parse(readFileSync(join(examples, file), 'utf8'))
  const paths = document.paths ?? {}
  const items = Object.entries(paths).map(([path, item]) => (path.includes('#') ? {} : (paths[referredPath(item)] ?? item)))
  return items.flatMap((item) => Object.keys(item).filter((key) => methods.includes(key))).length
}

function referredPath({ $ref }: { readonly $ref?: unknown }): string {
  return typeof $ref === 'string' ? $ref.replace('#/paths/', '').replaceAll('~1', '/') : ''
}
