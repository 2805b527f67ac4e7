import { fileURLToPath } from 'node:url'
import { runClient } from '../machine/client-process.ts'
import type { Fields, LoadResult } from './wrk.ts'

export type CertificateLoad = {
  readonly path: string
  readonly fields: Fields
  readonly connections: number
  readonly seconds: number
  /** Of the client, PEM files. */
  readonly certificate: string
  readonly key: string
}

const client = fileURLToPath(new URL('./certificate-client.ts', import.meta.url))

/** What wrk cannot do: the client shows a certificate. Throws unless every answer was a 200. */
export async function runWithCertificate(port: number, load: CertificateLoad): Promise<LoadResult> {
  const lines = Object.entries({ Host: `127.0.0.1:${port}`, ...load.fields }).map(([name, value]) => `${name}: ${value}\r\n`)
  const input = `GET ${load.path} HTTP/1.1\r\n${lines.join('')}\r\n`
  const words = [port, load.seconds, load.connections, load.certificate, load.key].map(String)
  const [requests = 0, seconds = 0] = JSON.parse(await runClient({ command: [process.execPath, client, ...words], input })) as number[]
  return { requests, seconds }
}
