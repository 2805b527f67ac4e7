import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { buildBundle, spawnGateway } from '../behaviour/bundle.ts'
import { loopback } from '../behaviour/running-gateway.ts'
import { makeCertificate } from '../certificate.ts'

export type SoakedGateway = {
  readonly pid: number
  readonly port: number
  readonly tlsPort: number
  readonly adminPort: number
  /** Lines of its log at level warn or error, as they come. */
  readonly complaints: readonly string[]
  readonly stop: () => Promise<void>
}

/** A certificate with ECDSA P-256, as most have today; its issuer's signature is looked at by nobody. */
function writeTlsFiles(folder: string): { readonly certificate: string; readonly key: string } {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = { subject: 'soak authority', keys: generateKeyPairSync('ed25519') }
  const files = { certificate: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') }
  const [notBefore, notAfter] = [new Date(Date.now() - 60_000), new Date(Date.now() + 7 * 86_400_000)]
  writeFileSync(files.certificate, makeCertificate({ subject: 'localhost', notBefore, notAfter, keys, issuer }))
  writeFileSync(files.key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return files
}

/** Builds the project and runs its bundle. Its log is read as it comes and not kept: an hour of it would fill the memory that is watched for. */
export async function startSoakedGateway(projectFolder: string, workers: number): Promise<SoakedGateway> {
  const tls = writeTlsFiles(projectFolder)
  const child = spawnGateway(await buildBundle(projectFolder), {
    ...loopback,
    POSTERN_LOG_LEVEL: 'info',
    POSTERN_HTTPS_PORT: '0',
    POSTERN_TLS_CERT: tls.certificate,
    POSTERN_TLS_KEY: tls.key,
    ...(workers === 1 ? {} : { POSTERN_WORKERS: String(workers) }),
  })
  const complaints: string[] = []
  child.stderr!.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const listening = Promise.withResolvers<{ http: number; https: number; admin: number }>()
  createInterface(child.stdout!).on('line', (text) => {
    const line = JSON.parse(text) as { event?: unknown; level?: unknown; http?: unknown; https?: unknown; admin?: unknown }
    if (line.event === 'listening') listening.resolve({ http: Number(line.http), https: Number(line.https), admin: Number(line.admin) })
    else if (line.level !== 'info') complaints.push(text)
  })
  const exited = once(child, 'exit')
  exited.then(() => listening.reject(new Error(`the gateway ended before it listened: ${complaints.join('\n')}`)))
  const { http, https, admin } = await listening.promise
  assert.ok(child.pid !== undefined)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  }
  return { pid: child.pid, port: http, tlsPort: https, adminPort: admin, complaints, stop }
}
