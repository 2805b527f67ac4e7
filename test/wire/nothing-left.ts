/** Whether a gateway is back to where it was: what it holds open and in hand, as its metrics and its backend say. */
import { ask } from './client.ts'
import { until } from './until.ts'

export type Held = { readonly inFlight: number; readonly clients: number; readonly backends: number }

/** What the gateway holds now: requests in hand, client connections, and connections to `backend`. */
export async function held(gateway: { readonly adminPort: number }, backend: { readonly open: number }): Promise<Held> {
  const { message } = await ask(gateway.adminPort, 'GET /metrics HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n')
  const gauge = (name: string): number => {
    const match = new RegExp(`^${name} ([0-9-]+)$`, 'm').exec(message.text)
    if (match === null) throw new Error(`no ${name}`)
    return Number(match[1])
  }
  return { inFlight: gauge('postern_requests_in_flight'), clients: gauge('postern_connections_open'), backends: backend.open }
}

/** Resolves once the gateway holds so much; fails with what it holds where that never comes. */
export async function untilHeld(
  gateway: { readonly adminPort: number },
  backend: { readonly open: number },
  fits: (now: Held) => boolean,
): Promise<void> {
  let last: Held | null = null
  await until(
    async () => {
      last = await held(gateway, backend)
      return fits(last)
    },
    () => `the gateway holds ${JSON.stringify(last)}`,
  )
}

/**
 * Resolves once the gateway has no request in hand, no client connection but `clients`, and at most `backends` connections to its backend:
 * a second one was being opened when a client went away, and is kept for the next.
 */
export async function nothingLeft(
  gateway: { readonly adminPort: number },
  backend: { readonly open: number },
  { clients = 0, backends = 2 }: { readonly clients?: number; readonly backends?: number } = {},
): Promise<void> {
  await untilHeld(gateway, backend, (now) => now.inFlight === 0 && now.clients === clients && now.backends <= backends)
}
