/** The bundle's code as a process of its own whose clock stands still, beside a plan of this run, in a folder that is gone afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type GatewayText, manifestFor, withPlan } from './embedded-plan.ts'
import { ThrowawayAuthority } from './throwaway-certificate.ts'

/** Milliseconds in which a gateway must be ready on a slow machine. */
const startTime = 60_000

export type StartParts = {
  readonly text: GatewayText
  readonly plan: GatewayPlan
  /** The bundle's. */
  readonly manifest: string
  /** Where to put it: a new one, in a folder that the caller takes away. */
  readonly folder: string
}

/** The gateway did not start: what it said. */
export class NotStarted extends Error {}

export class GatewayUnderTest {
  readonly http: number
  /** `null`: TLS is off. */
  readonly https: number | null
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, http: number, https: number | null) {
    this.#child = child
    this.http = http
    this.https = https
  }

  /** Throws a NotStarted. */
  static async start({ text, plan, manifest, folder }: StartParts): Promise<GatewayUnderTest> {
    mkdirSync(folder, { mode: 0o700 })
    const gateway = withPlan(text, plan)
    const file = join(folder, 'gateway.mjs')
    writeFileSync(file, gateway)
    writeFileSync(join(folder, 'manifest.json'), manifestFor(manifest, gateway))
    const loaded = ['held-clock', 'ends-with-parent'].flatMap((name) => ['--import', moduleBeside(name)])
    const child = spawn(process.execPath, [...loaded, file], {
      cwd: folder,
      env: { ...settings(plan), ...tlsSettings(plan, folder) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    try {
      const { http, https, admin } = await listening(child)
      await ready(admin, child)
      return new GatewayUnderTest(child, http, https)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
  }

  /** Time stands still there: lets some of it pass, and tells what time it is then. */
  async advance(milliseconds: number): Promise<number> {
    const answered = once(this.#child, 'message')
    this.#child.send(milliseconds)
    const [now]: unknown[] = await answered
    if (typeof now !== 'number') throw new Error('the gateway under test does not tell its time')
    return now
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

/** In a checkout or in the package. */
function moduleBeside(name: string): string {
  return new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href
}

function settings(plan: GatewayPlan): Record<string, string> {
  return {
    ...Object.fromEntries(plan.settings.map(({ name, default: value }) => [name, value ?? 'selftest'])),
    POSTERN_HOST: '127.0.0.1',
    POSTERN_HTTP_PORT: '0',
    POSTERN_ADMIN_PORT: '0',
    POSTERN_LOG_LEVEL: 'warn',
  }
}

/** TLS is on where something can only be reached so. */
function tlsSettings(plan: GatewayPlan, folder: string): Record<string, string> {
  if (
    plan.listen.httpsRequiredBy.length === 0 &&
    plan.clientCertificates === null &&
    plan.operations.every(({ transport }) => transport !== 'https')
  )
    return {}
  const { certificate, key } = new ThrowawayAuthority('Selftest servers').issue([['CN', 'selftest']], ['DNS:selftest', 'IP:127.0.0.1'])
  const files = { certificate: join(folder, 'server.pem'), key: join(folder, 'server-key.pem') }
  writeFileSync(files.certificate, certificate)
  writeFileSync(files.key, key, { mode: 0o600 })
  return { POSTERN_TLS_CERT: files.certificate, POSTERN_TLS_KEY: files.key, POSTERN_HTTPS_PORT: '0' }
}

type Ports = { readonly http: number; readonly https: number | null; readonly admin: number }

/** From the line in which the gateway says so. */
async function listening(child: ChildProcess): Promise<Ports> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(0, 2000)
  })
  const ports = new Promise<Ports>((resolve) => {
    if (child.stdout === null) return
    // Goes on reading, so that the log never fills the pipe.
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = readEvent(line)
      if (event !== null) resolve(event)
    })
  })
  const ended = once(child, 'close').then(() => {
    throw new NotStarted(said.trim() === '' ? 'the process ended' : said.trim())
  })
  return await Promise.race([ports, ended, tooLate('it did not listen in time')])
}

function readEvent(line: string): Ports | null {
  if (!line.includes('"listening"')) return null
  const event: unknown = JSON.parse(line)
  if (typeof event !== 'object' || event === null || !('http' in event) || !('admin' in event)) return null
  const https = 'https' in event && typeof event.https === 'number' ? event.https : null
  return typeof event.http === 'number' && typeof event.admin === 'number' ? { http: event.http, https, admin: event.admin } : null
}

/** Key sets have been fetched by then. */
async function ready(admin: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + startTime
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new NotStarted('the process ended')
    const { status } = await fetch(`http://127.0.0.1:${admin}/ready`)
    if (status === 200) return
    await setTimeout(20)
  }
  throw new NotStarted('it was not ready in time')
}

async function tooLate(what: string): Promise<never> {
  await setTimeout(startTime, undefined, { ref: false })
  throw new NotStarted(what)
}
