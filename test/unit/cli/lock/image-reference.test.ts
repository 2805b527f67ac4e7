import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../../../src/cli/failures.ts'
import { apiHost, readImageReference, referenceText } from '../../../../src/cli/lock/image-reference.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

test('names of images are read as skopeo and podman read them', () => {
  for (const [text, whole] of [
    ['docker://node', 'docker://docker.io/library/node:latest'],
    ['docker://node:26-slim', 'docker://docker.io/library/node:26-slim'],
    ['docker://docker.io/team/node', 'docker://docker.io/team/node:latest'],
    ['docker://registry.example.com/a/b_c/d--e:V1.2', 'docker://registry.example.com/a/b_c/d--e:V1.2'],
    ['docker://localhost/node', 'docker://localhost/node:latest'],
    ['docker://127.0.0.1:5000/node:26', 'docker://127.0.0.1:5000/node:26'],
    ['docker://[::1]:5000/node:26', 'docker://[::1]:5000/node:26'],
    [`docker://registry.example.com/node@${digest}`, `docker://registry.example.com/node@${digest}`],
    [`docker://registry.example.com/node:26@${digest}`, `docker://registry.example.com/node:26@${digest}`],
  ] as const) {
    const reference = readImageReference(text)
    assert.equal(referenceText(reference), whole)
    assert.deepEqual(readImageReference(whole), reference, 'what a lock says is read as the same')
  }
})

test('what is no name of an image gets into no address', () => {
  const names = [
    '',
    'registry.example.com/../../admin',
    'registry.example.com/a/./b',
    'registry.example.com//a',
    'registry.example.com/a/',
    'registry.example.com/A',
    'registry.example.com/a%2fb',
    'registry.example.com/a?b=c',
    'registry.example.com/a#b',
    'registry.example.com/a:../b',
    'registry.example.com/a@sha256:../../b',
    `registry.example.com/a@${digest}0`,
    'user:password@registry.example.com/a',
    'registry.example.com:99999/a',
    'registry.example.com\\@evil.example.com/a',
    `registry.example.com/${'a/'.repeat(300)}a`,
  ]
  for (const name of names) assert.throws(() => readImageReference(`docker://${name}`), UsageError, name)
})

test('Docker Hub is asked where its API is', () => {
  assert.equal(apiHost(readImageReference('docker://node').registry), 'registry-1.docker.io')
  assert.equal(apiHost('registry.example.com'), 'registry.example.com')
})
