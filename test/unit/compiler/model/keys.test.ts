import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { readKeys } from '../../../../src/compiler/model/keys.ts'
import { Sources } from '../../../../src/compiler/source/sources.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { reported } from './yaml-node.ts'

const at = { file: 'postern.yaml', line: 9, column: 11, pointer: '#/issuers/0/keys' }
const keySet = JSON.stringify({ keys: [generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })] })

function read(context: TestContext, name: string, content: string) {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, name), content)
  const diagnostics = new Diagnostics()
  return { keys: readKeys({ value: name, at }, null, new Sources(folder, diagnostics), diagnostics), findings: reported(diagnostics) }
}

test('what a file is, its content says, and not its name', (context) => {
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
  for (const [name, content] of [
    ['idp.json', keySet],
    ['idp.jwks', `\n  ${keySet}`],
    ['idp.pem', `\ufeff${keySet}`],
    ['idp.json', pem],
    ['idp', `subject=CN = idp\n${pem}`],
  ] as const) {
    const { keys, findings } = read(context, name, content)
    assert.deepEqual(findings, [], name)
    assert.equal(keys.length, 1, name)
  }
})

test('a file that is far too large for keys is not looked into', (context) => {
  const { keys, findings } = read(context, 'idp.json', keySet + ' '.repeat(1024 * 1024))
  assert.deepEqual(keys, [])
  assert.deepEqual(findings, ['9:11 file-too-large `idp.json` has more than 1 MiB'])
})
