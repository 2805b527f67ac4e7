/** The backend of the tests, asked by a client that is neither's: curl. Skipped where it is missing. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Backend } from '../../../wire/backend.ts'
import { DigestGuard } from '../../../wire/digest-guard.ts'

const run = promisify(execFile)
const curl = spawnSync('curl', ['--version'], { encoding: 'utf8' })
const skip = curl.status === 0 && /digest|Features:/i.test(curl.stdout) ? false : 'there is no curl'

for (const algorithm of ['MD5', 'SHA-256', 'MD5-sess', 'SHA-256-sess'] as const) {
  for (const userhash of [false, true]) {
    test(`curl and the tests agree on ${algorithm}${userhash ? ' with userhash' : ''}`, { skip }, async (t) => {
      const guard = new DigestGuard({ algorithm, userhash, password: 'open sesame' })
      const backend = await Backend.start()
      backend.handler = guard.handler
      t.after(() => backend.stop())
      const ask = async (password: string): Promise<string> => {
        const options = [
          '--silent',
          '--max-time',
          '20',
          '--digest',
          '--user',
          `gateway:${password}`,
          '--write-out',
          '%{http_code}',
          '--output',
          '/dev/null',
        ]
        return (await run('curl', [...options, `${backend.url}/a?b=c`])).stdout
      }
      assert.equal(await ask('open sesame'), '200')
      assert.equal(await ask('wrong'), '401')
    })
  }
}
