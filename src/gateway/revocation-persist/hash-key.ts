/** The key of the hashes in a folder's journals, which outlasts the process with them. Who has it can try names, and nothing else. */
import { createHash, randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { newFile, sync } from './durable-file.ts'

const keyBytes = 32

/** A new one where there is none, or where it is damaged: then no journal is understood any more, and each is refused. */
export async function hashKeyIn(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'key')
  const known = await readFile(path, 'latin1').catch((error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const [key = '', digest = ''] = known.trim().split(' ')
  if (/^[0-9a-f]{64}$/.test(key) && digest === digestOf(key)) return Buffer.from(key, 'hex')
  const made = randomBytes(keyBytes)
  const text = made.toString('hex')
  const file = await open(`${path}.new`, newFile, 0o600)
  try {
    await file.writeFile(`${text} ${digestOf(text)}\n`)
    await sync(file.fd)
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  return made
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16)
}
