/** docs/extensions.md: its example does what the text says, and it has what modules may import. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { allowedNodeModules } from '../../src/compiler/model/extension-modules.ts'
import { startInProcess } from '../behaviour/in-process.ts'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { codeSpans, fencedBlocks, readDocument, section } from './markdown.ts'

const document = readDocument('docs/extensions.md')
const key = 'k-editor'

test('the example lets editors write from the office alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-extension-example-'))
  const backend = await Backend.start()
  try {
    for (const { attributes, text } of fencedBlocks(document)) {
      const file = attributes.get('file')
      if (file === undefined) continue
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      const digest = createHash('sha256').update(key).digest('hex')
      writeFileSync(join(folder, file), text.replace(/sha256:[0-9a-f]{64}/, `sha256:${digest}`))
    }
    const gateway = await startInProcess({ folder }, { BACKEND_URL: backend.url })
    const status = async (method: string, ...fields: readonly string[]): Promise<number> =>
      (await ask(gateway.port, requestText(method, '/books', [`X-API-Key: ${key}`, ...fields]))).status
    try {
      assert.equal(await status('GET'), 200)
      assert.equal(await status('POST', 'Content-Length: 0'), 403)
      assert.equal(await status('POST', 'Content-Length: 0', 'Origin: https://elsewhere.example'), 403)
      assert.equal(await status('POST', 'Content-Length: 0', 'Origin: https://office.example'), 200)
    } finally {
      await gateway.stop()
    }
  } finally {
    await backend.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('docs/extensions.md has every part of Node that a module may import, and no other', () => {
  const named = codeSpans(section(document, 'What a module may be')).filter((span) => span.startsWith('node:'))
  assert.deepEqual(named, allowedNodeModules)
})
