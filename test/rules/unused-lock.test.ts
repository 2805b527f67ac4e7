import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'
import { definitionUrl, lockedProject, lockOf } from './locked-project.ts'

const more = lockOf({ [definitionUrl]: String(soundFiles['api.yaml']), 'https://api.example.com/gone.yaml': '' })

test('what is pinned and not named is told', () => {
  const at = 'postern.lock:7:5 warning unused-lock #/documents/https:~1~1api.example.com~1gone.yaml'
  assert.deepEqual(diagnose(lockedProject(more), undefined, false), [at])
})
