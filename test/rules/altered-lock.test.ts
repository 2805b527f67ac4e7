import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'
import { lockedProject, soundLock } from './locked-project.ts'

test('a file that is not what the lock pins is refused', () => {
  const altered = lockedProject(soundLock, `${soundFiles['api.yaml']}# a remark\n`)
  assert.deepEqual(diagnose(altered), ['postern.lock:4:5 error altered-lock #/documents/https:~1~1api.example.com~1specs~1api.yaml'])
})
