/**
 * The archive for sites without a network is made without one, and is all that is needed there: from `init` to a gateway that answers, in a
 * namespace with no network.
 */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { buildArchive } from '../../scripts/build-archive.ts'
import { temporaryFolder } from '../temporary-folder.ts'

const root = join(import.meta.dirname, '../..')

/** No network, and none of the processes outlives it. */
const isolated = ['--net', '--pid', '--fork', '--kill-child']

/** For `skip`: why there is no such namespace here, in words, or false. */
function withoutNamespaces(): string | false {
  const { status, stderr, error } = spawnSync('unshare', [...isolated, 'true'], { encoding: 'utf8' })
  return status !== 0 && `no namespace without a network can be made here: ${error?.message ?? stderr.trim()}`
}

async function unpacked(archive: string): Promise<string> {
  const folder = join(dirname(archive), 'postern')
  mkdirSync(folder)
  await promisify(execFile)('tar', ['--extract', '--gzip', '--strip-components=1', '--file', archive, '--directory', folder])
  return folder
}

/** Nothing of this machine is on the way but the shell's own tools. */
const walk = `
ip link set lo up
postern init bookshop
cd bookshop
postern check
postern build
node backend.mjs > ../backend.log &
backend=$!
node dist/gateway.mjs > ../gateway.log &
gateway=$!
until grep -q listens ../backend.log && grep -q '"event":"listening"' ../gateway.log; do
  kill -0 $backend
  kill -0 $gateway
  sleep 0.1
done
token=$(postern token --scope books:read)
node --input-type=module --eval "
  const ask = (headers) => fetch('http://127.0.0.1:8080/bookshop/v1/books', { headers }).then(({ status }) => status)
  console.log(await ask({}), await ask({ authorization: 'Bearer $token' }))
  await fetch('http://192.0.2.1/').catch(({ cause }) => console.log(cause.code))
"
kill $gateway $backend
wait $gateway
echo "ended with $?"
`

test('from the archive to a gateway, where there is no network', { skip: withoutNamespaces() }, async (t) => {
  const made = temporaryFolder(t)
  const script = join(root, 'scripts/build-archive.ts')
  const printed = await promisify(execFile)('unshare', [...isolated, process.execPath, script, made, '--effort', '1'])
  const [digest, archive = ''] = printed.stdout.trim().split('  ')
  assert.equal(digest, createHash('sha256').update(readFileSync(archive)).digest('hex'))
  const folder = await unpacked(archive)
  const bare = { PATH: `${folder}:${join(folder, 'node/bin')}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: temporaryFolder(t) }
  const { stdout } = await promisify(execFile)('unshare', [...isolated, 'sh', '-euc', walk], { cwd: temporaryFolder(t), env: bare })
  assert.deepEqual(stdout.trim().split('\n').slice(-3), ['401 200', 'ENETUNREACH', 'ended with 0'])
})

test('the same checkout makes the same archive, and the bundles of it are those of the checkout', async (t) => {
  const archives = [temporaryFolder(t), temporaryFolder(t)].map((folder) => buildArchive({ root, folder, withNode: false, effort: 1 }))
  const [first = '', second = ''] = await Promise.all(archives)
  assert.ok(readFileSync(first).equals(readFileSync(second)))
  const project = join(root, 'test/golden/token-and-limits')
  const build = async (cli: string): Promise<string> => {
    const out = join(temporaryFolder(t), 'dist')
    await promisify(execFile)(process.execPath, [cli, 'build', project, '--quiet', '--out', out])
    return readFileSync(join(out, 'gateway.mjs'), 'utf8')
  }
  assert.equal(await build(join(await unpacked(first), 'bin/postern.js')), await build(join(root, 'bin/postern.js')))
})
