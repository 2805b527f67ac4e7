import { generateKeyPairSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Authority, tlsSettings } from '../../wire/authority.ts'
import { freePort } from '../../wire/free-port.ts'
import { KeyManager } from '../../wire/key-manager.ts'
import { type BenchRun, peersNamed } from '../bench-run.ts'
import { type Contestant, inTurn, measureWith } from '../contestant.ts'
import { type Caller, type CredentialKind, makeCaller, openPath } from '../fixture/credential-project.ts'
import { buildPosternProject } from '../fixture/postern-project.ts'
import { cleartext } from '../fixture/transport.ts'
import { runWithCertificate } from '../load/with-certificate.ts'
import { type Fields, type LoadResult, runWrk } from '../load/wrk.ts'
import { startServer } from '../machine/server-process.ts'
import { temporaryFolder } from '../machine/temporary-folder.ts'
import { spread, target } from '../report/table.ts'
import { differencesByRound, summarise } from '../statistics.ts'
import type { Series } from './series.ts'

const connections = 64
const mostMicroseconds = 2
const proofsPerRound = 6000

/** The gateway, and how it is called. */
type Gateway = { readonly contestant: Contestant; readonly securePort: number; readonly caller: Caller; readonly keyManager: KeyManager }

type Entry = { readonly name: string; readonly send: (gateway: Gateway) => Promise<LoadResult> }

/** What it costs that a caller is known, whatever it shows: the same operation with and without the credential being asked for. */
export const credentials: Series = {
  name: 'credentials',
  title: 'Known credentials',
  run: async (run) => {
    if (peersNamed(run, 'postern').length === 0) return null
    const { rounds, seconds } = run.options
    const gateway = await start(run)
    const { kinds } = gateway.caller
    await refusesWithoutCredential(gateway)
    const bare = { secure: false, fields: {}, query: '' }
    const usual = [
      entry(run, 'nothing', openPath, bare),
      entry(run, 'nothing, TLS', openPath, { ...bare, secure: true }),
      ...kinds.flatMap((kind) => [entry(run, `${kind.name}, ignored`, openPath, kind), entry(run, kind.name, kind.path, kind)]),
    ]
    const proofs = [proofEntry(run, 'proof, ignored', openPath), proofEntry(run, 'proof', '/bound')]
    const take = (each: Entry, round: number) => {
      run.progress(`credentials: round ${round + 1} of ${rounds}, ${each.name}`)
      return measureWith(gateway.contestant, () => each.send(gateway))
    }
    run.progress('credentials: warming up')
    for (const each of [...usual, ...proofs]) await each.send(gateway)
    const results = await inTurn(rounds, [...usual, ...proofs], take)
    await gateway.contestant.server.stop()
    await gateway.keyManager.stop()

    const processor = (name: string): readonly number[] =>
      [...results].flatMap(([each, taken]) => (each.name === name ? taken.map((round) => round.processor) : []))
    const compared = [...kinds, { name: 'proof', secure: false }].map(({ name, secure }) => {
      const [known, ignored, nothing] = [processor(name), processor(`${name}, ignored`), processor(secure ? 'nothing, TLS' : 'nothing')]
      return { name, known, check: differencesByRound(known, ignored), all: differencesByRound(known, nothing) }
    })
    return {
      columns: ['credential', 'CPU µs/request', 'added by the check', 'added with its bytes'],
      rows: compared.map(({ name, known, check, all }) => [
        name === 'proof' ? 'token bound to a key, a new proof each time' : `${name}, known`,
        spread(summarise(known)),
        spread(check),
        spread(all),
      ]),
      notes: [
        `${connections} connections, 150-byte answers, ${rounds} rounds of ${seconds} s in turn; one gateway for all, no limits`,
        'added by the check: less the same request, credential included, to an operation that everybody may call; with its bytes: less a request without credential to that one',
        'certificates and tokens that are bound to one over TLS 1.3, compared with requests over TLS; the others in cleartext',
        `proofs: ES256, each signature checked; ${proofsPerRound} in a round, each used once`,
        ...compared.flatMap(({ name, check }) =>
          name === 'proof' ? [] : [target(`${name}, added by the check in µs`, check.median, mostMicroseconds)],
        ),
      ],
    }
  },
}

async function start(run: BenchRun): Promise<Gateway> {
  run.progress('credentials: starting postern')
  const [folder, port, securePort] = [await temporaryFolder(), await freePort(), await freePort()]
  const caller = await makeCaller(run.identity)
  const keyManager = await KeyManager.start()
  keyManager.knows(caller.opaque.token, caller.opaque.claims)
  await caller.writeProject(folder, run.backendPort)
  await writeFile(join(folder, 'client.pem'), caller.certificate.cert)
  await writeFile(join(folder, 'client.key.pem'), caller.certificate.key)
  const backendToken = join(folder, 'backend-token.pem')
  await writeFile(backendToken, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const server = await startServer({
    command: [process.execPath, await buildPosternProject(folder)],
    role: 'proxy',
    port,
    folder,
    environment: {
      POSTERN_HOST: '127.0.0.1',
      POSTERN_HTTP_PORT: String(port),
      POSTERN_HTTPS_PORT: String(securePort),
      POSTERN_ADMIN_PORT: '0',
      POSTERN_LOG_LEVEL: 'warn',
      KEY_MANAGER: keyManager.url,
      SECRET: 'known to both',
      BACKEND_TOKEN_KEY: backendToken,
      ...tlsSettings(folder, new Authority('Servers').issue('server', { names: ['localhost'] })),
    },
  })
  return { contestant: { name: 'postern', about: '', server, folder, transport: cleartext }, securePort, caller, keyManager }
}

type Shown = Pick<CredentialKind, 'secure' | 'fields' | 'query'>

function entry({ options: { seconds } }: BenchRun, name: string, api: string, { secure, fields, query }: Shown): Entry {
  const path = `${api}/items/42${query}`
  return {
    name,
    send: ({ contestant: { server, folder }, securePort }) =>
      secure
        ? runWithCertificate(securePort, { path, fields, connections, seconds, ...clientFiles(folder) })
        : runWrk(server.port, { workload: workload(path), connections, seconds, token: null, fields }, folder),
  }
}

/** Proofs are good for a minute: they are made just before. */
function proofEntry(_run: BenchRun, name: string, api: string): Entry {
  const path = `${api}/items/42`
  return {
    name,
    send: ({ contestant: { server, folder }, caller }) => {
      const url = `http://127.0.0.1:${server.port}${path}`
      const once: readonly Fields[] = Array.from({ length: proofsPerRound }, () => caller.proven(url))
      return runWrk(server.port, { workload: workload(path), connections, seconds: 60, token: null, once }, folder)
    },
  }
}

function workload(path: string): Parameters<typeof runWrk>[1]['workload'] {
  return { name: path, method: 'GET', path, upload: 0 }
}

function clientFiles(folder: string): { readonly certificate: string; readonly key: string } {
  return { certificate: join(folder, 'client.pem'), key: join(folder, 'client.key.pem') }
}

/** A gateway that is fast because it leaves a check out must not be measured. */
async function refusesWithoutCredential({ contestant: { server }, caller }: Gateway): Promise<void> {
  for (const { name, path } of caller.kinds) {
    const { status } = await fetch(`http://127.0.0.1:${server.port}${path}/items/42`)
    if (status !== 401) throw new Error(`without ${name} the answer is ${status}, not 401`)
  }
}
