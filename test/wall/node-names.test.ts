/**
 * Names that the gateway's source imports from Node's own modules. A name that an older Node does not export is a SyntaxError there before
 * the first line runs; so that such a Node gets to the gateway's own "Node 24 or later is needed", all are names of Node 18. A later one
 * is taken from the module's default export, or imported at run time.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const gateway = resolve(import.meta.dirname, '../../src/gateway')

const namesOfNode18: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': [
    'constants',
    'createHash',
    'createHmac',
    'createPrivateKey',
    'createPublicKey',
    'KeyObject',
    'randomBytes',
    'randomFillSync',
    'scrypt',
    'sign',
    'timingSafeEqual',
    'verify',
    'X509Certificate',
  ],
  'node:events': ['EventEmitter'],
  'node:fs': ['readFileSync', 'readSync', 'rmSync', 'statSync', 'writeSync'],
  'node:fs/promises': ['link', 'mkdir', 'open', 'readdir', 'readFile', 'rename', 'rm', 'stat', 'utimes', 'writeFile'],
  'node:path': ['dirname', 'isAbsolute', 'join'],
  'node:util': ['promisify'],
  'node:net': ['BlockList', 'connect', 'createServer', 'isIP', 'isIPv6', 'Server', 'Socket'],
  'node:perf_hooks': ['monitorEventLoopDelay'],
  'node:timers/promises': ['setTimeout'],
}

/** `node:fs readFileSync` for each name that is still there when the types are gone; also of what is exported on. */
function namesIn(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s(?!type\b)([^'";]*?)\sfrom\s'(node:[^']+)'/gm)
  return [...statements].flatMap(([, clause = '', module]) => {
    const [, list = ''] = /\{([^}]*)\}/.exec(clause) ?? []
    const names = list.split(',').map((name) => name.trim())
    return names.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => `${module} ${name.replace(/\sas\s.*$/s, '')}`)
  })
}

test('names are found in every form of import, types left out', () => {
  const text = [
    "import { type Socket, isIP,\n  connect as open } from 'node:net'",
    "import type { Server } from 'node:net'",
    "import fs, { readFileSync } from 'node:fs'",
    "import * as all from 'node:crypto'",
    "export { hash } from 'node:crypto'",
  ].join('\n')
  assert.deepEqual(namesIn(text), ['node:net isIP', 'node:net connect', 'node:fs readFileSync', 'node:crypto hash'])
})

test('the gateway imports no name from Node that an old Node does not have', () => {
  const known = new Set(Object.entries(namesOfNode18).flatMap(([module, names]) => names.map((name) => `${module} ${name}`)))
  const imported = globSync('**/*.ts', { cwd: gateway }).flatMap((file) =>
    namesIn(readFileSync(join(gateway, file), 'utf8')).map((name) => ({ file, name })),
  )
  assert.ok(imported.some(({ name }) => name === 'node:net createServer'))
  assert.deepEqual(
    imported.filter(({ name }) => !known.has(name)),
    [],
  )
})
