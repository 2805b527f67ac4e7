import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, findings, projectWith, soundFiles } from './check-project.ts'
import { definitionFile, definitionUrl, lockedProject, lockOf, soundLock } from './locked-project.ts'

test('a definition on the network that is pinned is read from the project', () => {
  assert.deepEqual(diagnose(lockedProject(soundLock)), [])
  assert.deepEqual(diagnose(lockedProject(soundLock), undefined, true), [])
})

test('one that is not pinned is an error where it is named', () => {
  assert.deepEqual(diagnose(lockedProject(null)), ['postern.yaml:4:17 error not-locked #/apis/0/definition'])
  const other = lockOf({ 'https://api.example.com/other.yaml': '' })
  assert.ok(diagnose(lockedProject(other)).includes('postern.yaml:4:17 error not-locked #/apis/0/definition'))
})

test('so is a key set', () => {
  const issuers = 'issuers: [{ issuer: https://idp.example.com, audiences: any, keys: https://idp.example.com/jwks }]\n'
  const found = diagnose(projectWith(issuers))
  assert.deepEqual(found, ['postern.yaml:6:68 error not-locked #/issuers/0/keys'])
})

test('what a pinned definition refers to must be pinned as well, and be of the same origin', () => {
  const referring = (target: string): string => `${soundFiles['api.yaml']}components: { schemas: { A: { $ref: '${target}#/A' } } }\n`
  const found = (target: string, more: Readonly<Record<string, string>> = {}): readonly string[] => {
    const definition = referring(target)
    return diagnose(lockedProject(lockOf({ [definitionUrl]: definition, ...more }), definition))
  }
  const at = `${definitionFile}:8:37 error`
  assert.deepEqual(found('common.yaml'), [`${at} not-locked #/components/schemas/A/$ref`])
  assert.deepEqual(found('https://api.example.com/specs/common.yaml'), [`${at} not-locked #/components/schemas/A/$ref`])
  for (const elsewhere of ['https://internal.example.com/', 'http://api.example.com/a.yaml', 'file:///etc/passwd', '//other/a.yaml'])
    assert.deepEqual(found(elsewhere), [`${at} remote-ref #/components/schemas/A/$ref`], elsewhere)
})

test('an address that is written in two ways would be two documents: only one is taken', () => {
  for (const url of ['HTTPS://api.example.com/a.yaml', 'http://api.example.com/a', 'https://api.example.com/a#b']) {
    const files = lockedProject(null)
    const project = String(files['postern.yaml']).replace(definitionUrl, url)
    assert.deepEqual(diagnose({ ...files, 'postern.yaml': project }), ['postern.yaml:4:17 error remote-ref #/apis/0/definition'], url)
  }
})

test('a password in an address stands in no finding', () => {
  const files = lockedProject(null)
  for (const secret of ['user:the-password@', 'the-password@', 'user:the-p@ssword@']) {
    const project = String(files['postern.yaml']).replace(definitionUrl, definitionUrl.replace('https://', `https://${secret}`))
    const told = findings({ ...files, 'postern.yaml': project }).map(({ message, hint }) => `${message} ${hint}`)
    assert.match(told.join('\n'), /`https:\/\/…@api\.example\.com/)
    assert.doesNotMatch(told.join('\n'), /the-p|@ssword/)
  }
})
