import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

test('a definition that is not there is reported where the project names it', () => {
  const { 'postern.yaml': project } = soundFiles
  assert.deepEqual(diagnose({ 'postern.yaml': project }), ['postern.yaml:4:17 error unreadable-file #/apis/0/definition'])
})

test('a folder is not a file', () => {
  const { 'postern.yaml': project } = soundFiles
  assert.deepEqual(diagnose({ 'postern.yaml': project, 'api.yaml/inside': '' }), [
    'postern.yaml:4:17 error unreadable-file #/apis/0/definition',
  ])
})
