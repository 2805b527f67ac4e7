import { fileURLToPath } from 'node:url'
import type { Workload } from '../fixture/api.ts'
import { runClient } from '../machine/client-process.ts'

export type HandshakeKind = 'full' | 'resumed'

const client = fileURLToPath(new URL('./handshake-client.ts', import.meta.url))

/** A TLS 1.3 connection for each request; returns how many. Throws where sessions were to be resumed and were not, or the other way round. */
export async function runHandshakes(
  port: number,
  workload: Workload,
  token: string,
  seconds: number,
  kind: HandshakeKind,
): Promise<number> {
  const fields = `Host: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close`
  const input = `${workload.method} ${workload.path} HTTP/1.1\r\n${fields}\r\n\r\n`
  const output = await runClient({ command: [process.execPath, client, String(port), String(seconds), kind], input })
  const [requests = 0, resumed = 0] = (JSON.parse(output) as unknown[]).map(Number)
  const expected = kind === 'resumed' ? requests : 0
  // A few of the first may meet a server that has no ticket for them yet.
  if (Math.abs(resumed - expected) > requests * 0.05)
    throw new Error(`${resumed} of ${requests} sessions were resumed, expected ${expected}`)
  return requests
}
