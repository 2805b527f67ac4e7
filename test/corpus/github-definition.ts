/** GitHub's API as a definition: 13 MB and 1,223 operations. It is too large to commit, and is brought from npm when it is first asked for. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const version = '23.0.2'
const cache = fileURLToPath(new URL('../../node_modules/.cache/postern', import.meta.url))
const run = promisify(execFile)

/** The path of the JSON file. Rejects where it is not there yet and npm cannot fetch it. */
export async function githubDefinition(): Promise<string> {
  const file = join(cache, `api.github.com-${version}.json`)
  if (existsSync(file)) return file
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'github-'))
  try {
    const { stdout } = await run('npm', ['pack', `@octokit/openapi@${version}`, '--ignore-scripts', '--json', '--pack-destination', folder])
    const [packed] = JSON.parse(stdout) as readonly [{ readonly filename: string }]
    const inside = 'package/generated/api.github.com.json'
    await run('tar', ['-xzf', join(folder, packed.filename), '-C', folder, inside])
    await rename(join(folder, inside), file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return file
}
