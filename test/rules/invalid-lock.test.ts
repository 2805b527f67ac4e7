import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose } from './check-project.ts'
import { definitionFile, lockedProject, soundLock } from './locked-project.ts'

test('a lock that `postern lock` would not write is refused', () => {
  const entry = '#/documents/https:~1~1api.example.com~1specs~1api.yaml'
  for (const [from, to, at] of [
    ['lock: 1', 'lock: 2', 'postern.lock:1:7 error invalid-lock #/lock'],
    ['lock: 1\n', 'lock: 1\nbase: node\n', 'postern.lock:2:7 error invalid-lock #/base'],
    ['lock: 1\n', 'lock: 1\nbase: { image: docker://node }\n', 'postern.lock:2:7 error invalid-lock #/base'],
    [
      'lock: 1\n',
      `lock: 1\nbase: { image: node, digest: 'sha256:${'0'.repeat(64)}' }\n`,
      'postern.lock:2:16 error invalid-lock #/base/image',
    ],
    ['lock: 1\n', '', 'postern.lock:1:1 error invalid-lock #'],
    [definitionFile, '../../etc/passwd', `postern.lock:4:11 error invalid-lock ${entry}/file`],
    [definitionFile, 'api.yaml', `postern.lock:4:11 error invalid-lock ${entry}/file`],
    ['sha256:', 'sha1:', `postern.lock:5:13 error invalid-lock ${entry}/digest`],
  ] as const) {
    const found = diagnose(lockedProject(soundLock.replace(from, to)))
    assert.ok(found.includes(at), `${to}: ${found.join('\n')}`)
  }
})
