/** Opens TLS for clients as settings and plan say. */
import { randomFillSync } from 'node:crypto'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Log } from '../observability/log.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { SharedMemory } from '../serving-thread.ts'
import { StartError } from '../settings.ts'
import { TlsFileError, type TlsFiles } from './tls-files.ts'
import { TlsServer, ticketKeysLength } from './tls-server.ts'

/** What clients may choose by ALPN, the best first. */
const protocols: readonly string[] = ['h2', 'http/1.1']

/** `now` is monotonic. Rejects with a StartError. */
export async function openTls(
  files: TlsFiles,
  { clientCertificates, operations }: GatewayPlan,
  { log, metrics, shared, now }: { readonly log: Log; readonly metrics: Metrics; readonly shared: SharedMemory; readonly now: number },
): Promise<TlsServer> {
  // What one thread has sealed, every other can open.
  const ticketKeys = shared('tls-ticket-keys', () => {
    const memory = new SharedArrayBuffer(ticketKeysLength)
    randomFillSync(new Uint8Array(memory))
    return memory
  })
  const authorities = clientCertificates?.authorities.map(({ pem }) => pem) ?? []
  try {
    const server = await TlsServer.make({
      files,
      protocols,
      // Browsers ask their users about certificates: nobody is asked for one that no operation looks at.
      clientAuthorities: operations.every(({ certificate }) => certificate === 'unused') ? [] : authorities,
      ticketKeys: Buffer.from(new Uint8Array(ticketKeys)),
      log,
      failures: metrics.tls,
      now,
    })
    metrics.tls.certificates = server.certificates
    return server
  } catch (error) {
    throw error instanceof TlsFileError ? new StartError(error.message) : error
  }
}
