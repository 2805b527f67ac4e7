import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Packages that only the benchmark's peers need. They are no dependencies of the project. */
const wanted = {
  private: true,
  dependencies: { fastify: '5.12.8', '@fastify/http-proxy': '11.6.3', '@fastify/jwt': '10.2.8', undici: '8.12.4' },
}

const folder = fileURLToPath(new URL('../../../node_modules/.cache/bench', import.meta.url))
const run = promisify(execFile)

let installed: Promise<string | null> | undefined

/** Installs the packages once; returns why that failed, or `null`. */
export function packagesMissing(): Promise<string | null> {
  installed ??= install()
  return installed
}

async function install(): Promise<string | null> {
  const manifest = JSON.stringify(wanted)
  // npm writes this marker itself, as the last thing it does.
  const marker = join(folder, 'node_modules', '.package-lock.json')
  const [present, complete] = await Promise.all([readText(join(folder, 'package.json')), readText(marker)])
  if (present === manifest && complete !== null) return null
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), manifest)
  try {
    await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'])
    return null
  } catch (error) {
    return `its packages could not be installed: ${error instanceof Error ? error.message.split('\n')[0] : error}`
  }
}

async function readText(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null)
}

/** What `require` finds in the benchmark's own packages. */
export function requirePackage(name: string): unknown {
  return createRequire(join(folder, 'package.json'))(name)
}
