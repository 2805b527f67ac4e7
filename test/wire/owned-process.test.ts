/** What tests start ends with them, also where nobody could tell it to; and what cannot start leaves nothing behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { endsWithUs } from '../owned-process.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const module = (name: string): string => pathToFileURL(join(import.meta.dirname, name)).href

test('a process that is killed takes along what it has started', {
  skip: endsWithUs ? false : 'setpriv of util-linux is not here',
}, async () => {
  const script = `
    const { spawnOwned } = await import('${module('../owned-process.ts')}')
    spawnOwned(process.execPath, ['--eval', 'console.log("up"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'inherit', 'inherit'] })`
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(starter.stdout, 'data')
  assert.equal(String(said), 'up\n')
  starter.kill('SIGKILL')
  // Both have it open: it ends when both are gone.
  await once(starter, 'close')
  assert.equal(starter.signalCode, 'SIGKILL')
})

test('a server that does not start is told, and leaves no folder', async (t) => {
  const [programs, folders] = [temporaryFolder(t), temporaryFolder(t)]
  for (const program of ['redis-server', 'lighttpd']) {
    writeFileSync(join(programs, program), '#!/bin/sh\nexit 3\n')
    chmodSync(join(programs, program), 0o755)
  }
  const script = `
    const { Redis } = await import('${module('redis.ts')}')
    const { RedisSentinel } = await import('${module('redis-sentinel.ts')}')
    const { Lighttpd } = await import('${module('lighttpd.ts')}')
    for (const start of [() => Redis.start(), () => RedisSentinel.start('one', 1), () => Lighttpd.start('MD5', 'user', 'password')])
      await start().then(() => console.log('started'), (error) => console.log(error.message))`
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}`, TMPDIR: folders }
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  assert.equal(await text(child.stdout), 'redis-server does not start\nthe sentinel does not start\nlighttpd ended with 3\n')
  assert.deepEqual(readdirSync(folders), [])
})
