/** The commands of the pages about tokens are run in order, as they stand but for the ports. */
import assert from 'node:assert/strict'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { cliFile } from '../cli/run-cli.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { freePort } from '../wire/free-port.ts'
import { fencedBlocks, readDocument } from './markdown.ts'
import { lacking, outputOf } from './sample-readme.ts'

for (const page of ['docs/security/jwt.md', 'docs/security/bound-tokens.md']) {
  test(`the commands of ${page}`, { skip: lacking('openssl', 'curl') }, async (t) => {
    const folder = temporaryFolder(t)
    for (const name of ['bin', 'project']) mkdirSync(join(folder, name))
    symlinkSync(process.execPath, join(folder, 'bin/node'))
    writeFileSync(join(folder, 'bin/postern'), `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`, { mode: 0o755 })

    const ports = new Map<string, number>()
    for (const port of ['8080', '8443', '9000', '9090']) ports.set(port, await freePort())
    const moved = (text: string): string => text.replaceAll(/(?<=:|listen\()(?:8080|8443|9000|9090)\b/g, (port) => String(ports.get(port)))
    const blocks = fencedBlocks(readDocument(page)).map((block) => ({ ...block, text: moved(block.text) }))
    for (const { attributes, text } of blocks) {
      const file = attributes.get('file')
      if (file !== undefined) writeFileSync(join(folder, 'project', file), text)
    }

    const textsIn = (wanted: string): string => blocks.flatMap(({ language, text }) => (language === wanted ? [text] : [])).join('')
    const output = await outputOf(
      [
        `cd '${folder}/project'`,
        `export PATH='${folder}/bin':"$PATH" POSTERN_HTTP_PORT=${ports.get('8080')} POSTERN_ADMIN_PORT=${ports.get('9090')}`,
        // Who says that port wants TLS.
        readDocument(page).includes(':8443') ? `export POSTERN_HTTPS_PORT=${ports.get('8443')}` : '',
        `trap 'kill $BACKEND $GATEWAY 2> /dev/null || true' EXIT`,
        textsIn('sh'),
      ].join('\n'),
    )
    assert.ok(output.endsWith(textsIn('')), output)
  })
}
