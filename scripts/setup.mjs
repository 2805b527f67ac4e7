/**
 * Installs what the project needs, once for each state of package-lock.json. Plain JavaScript for whatever Node the machine has:
 * the project's own Node comes with it, and `npm run` finds that one first.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules', '.postern-setup')
const state = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
const projectNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

function isSetUp() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === state && existsSync(projectNode)
}

function npm(...args) {
  process.stderr.write(`npm ${args.join(' ')}\n`)
  const { status } = spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) {
    process.stderr.write(`setup: npm ${args[0]} failed; the project's packages could not be installed\n`)
    process.exit(1)
  }
}

if (!isSetUp()) {
  npm('ci', '--no-audit', '--no-fund')
  // Where install scripts are switched off, npm's `node` package has not fetched its binary yet.
  if (!existsSync(projectNode)) npm('rebuild', 'node', '--ignore-scripts=false')
  if (!existsSync(projectNode)) {
    process.stderr.write(
      "setup: npm's package `node` did not bring a Node binary for this platform; run the npm scripts with Node 24 or later on PATH\n",
    )
    process.exit(1)
  }
  writeFileSync(stamp, state)
}
