#!/usr/bin/env node
// Written for any Node that knows modules, so that an old one says what is wrong instead of failing on syntax.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const major = Number(process.versions.node.split('.')[0])
// A checkout runs its TypeScript as it is; the published package holds JavaScript only.
const source = new URL('../src/cli/main.ts', import.meta.url)

if (major < 24) {
  process.stderr.write(`Postern needs Node 24 or later; this is Node ${process.versions.node}.\n`)
  process.exitCode = 2
} else if (existsSync(source)) {
  // Taking the types out of all files at each start would take longer than most commands.
  module.enableCompileCache(fileURLToPath(new URL('../.cache/compile', import.meta.url)))
  start(source)
} else {
  start(new URL('../lib/cli/main.js', import.meta.url))
}

function start(main) {
  import(main.href).then((cli) => cli.run(process.argv.slice(2)))
}
