/** The sample petstore, built and made into images by the command line, with the Node that runs the tests. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { ImageRecord } from '../../src/image/image-record.ts'
import { buildBundle } from '../behaviour/bundle.ts'
import { cliFile } from '../cli/run-cli.ts'

const sample = resolve(import.meta.dirname, '../../samples/petstore')

export async function petstoreBundle(folder: string): Promise<string> {
  const project = join(folder, 'petstore')
  cpSync(sample, project, { recursive: true, filter: (path) => !path.endsWith('dist') })
  return buildBundle(project)
}

export type Surroundings = { readonly umask: string; readonly cwd: string; readonly env: Readonly<Record<string, string>> }

export async function makeImage(args: readonly string[], { umask, cwd, env }: Surroundings): Promise<ImageRecord> {
  const command = 'umask "$1"; shift; exec "$@"'
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', command, 'sh', umask, process.execPath, cliFile, 'image', ...args, '--format', 'json'],
    {
      cwd,
      env: { ...process.env, ...env },
    },
  )
  const record = JSON.parse(stdout) as ImageRecord
  assert.equal(record.format, 1)
  return record
}
