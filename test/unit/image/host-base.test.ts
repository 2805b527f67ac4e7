/** Of the Node that runs this test. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readElf } from '../../../src/image/elf.ts'
import { hostBase } from '../../../src/image/host-base.ts'
import { ImageError } from '../../../src/image/image-error.ts'
import { sharedLibraries } from '../../../src/image/shared-libraries.ts'
import { temporaryFolder } from '../../temporary-folder.ts'

const skip = process.platform === 'linux' ? false : 'ELF files are those of Linux'

test('the base has this Node, its loader and every library that it needs, each once', { skip }, async () => {
  const elf = await readElf(process.execPath)
  assert.ok(elf !== null)
  const base = await hostBase(process.execPath)
  assert.equal(base.nodeVersion, process.versions.node)
  assert.equal(base.node[0]?.path, '/usr/bin/node')
  const paths = base.libraries.map(({ path }) => path)
  assert.equal(new Set(paths).size, paths.length)
  if (elf.interpreter === null) return
  assert.ok(paths.includes(elf.interpreter))
  for (const name of elf.needed)
    assert.ok(
      paths.some((path) => path.endsWith(`/${name}`)),
      name,
    )
})

test('a library that is not found is an error, and not left out', { skip }, async () => {
  const elf = await readElf(process.execPath)
  assert.ok(elf !== null)
  if (elf.interpreter === null) return
  const more = { ...elf, needed: [...elf.needed, 'libnowhere.so.9'] }
  await assert.rejects(
    sharedLibraries(process.execPath, more),
    (error) => error instanceof ImageError && /libnowhere\.so\.9, which is not found/.test(error.message),
  )
})

test('what is not a Node is not taken for one', { skip }, async (t) => {
  const script = join(temporaryFolder(t), 'node')
  for (const text of ['#!/bin/sh\necho v26.0.0\n', '', '\x7fELF', `\x7fELF\x02\x01${'\0'.repeat(10)}${'\xff'.repeat(60)}`]) {
    writeFileSync(script, text, 'latin1')
    await assert.rejects(hostBase(script), ImageError)
  }
  await assert.rejects(hostBase('/bin/cat'), (error) => error instanceof ImageError && /does not run here as Node/.test(error.message))
})
