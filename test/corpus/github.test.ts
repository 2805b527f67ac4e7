import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { temporaryFolder } from '../temporary-folder.ts'
import { checkDefinition } from './corpus-project.ts'
import { githubDefinition } from './github-definition.ts'

const file = await githubDefinition().catch((reason: unknown) => {
  console.log(`GitHub's definition cannot be fetched, and is left out: ${String(reason)}`)
  return null
})

test('GitHub’s API is read without a finding', { skip: file === null }, (t) => {
  const { errors, operations, project } = checkDefinition(file ?? '', temporaryFolder(t))
  assert.deepEqual(errors, [])
  const document: { paths: Record<string, object> } = JSON.parse(readFileSync(file ?? '', 'utf8'))
  const expected = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .filter((key) => /^(?:get|put|post|delete|options|head|patch|trace)$/.test(key))
      .map((method) => `${method.toUpperCase()} ${path}`),
  )
  assert.deepEqual(operations.map(({ method, template }) => `${method} ${template}`).sort(), expected.sort())
  assert.equal(operations.length, 1223)
  assert.equal(project?.apis[0]?.title, "GitHub's official OpenAPI spec + Octokit extension")
})
