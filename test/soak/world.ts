import type { Issuer } from '../behaviour/issuer.ts'
import type { Random } from '../random.ts'
import { cleartextDoor, close, type Door, tlsDoor } from './doors.ts'
import type { SoakedGateway } from './gateway.ts'
import { Http2Clients } from './http2-clients.ts'
import { requiredScope } from './project.ts'

/** What all traffic shares. */
export type World = {
  readonly random: Random
  readonly issuer: Issuer
  /** The gateway's port for cleartext. */
  readonly port: number
  readonly doors: readonly Door[]
  readonly http2: Http2Clients
  /** Good tokens that come again and again. */
  readonly tokens: readonly string[]
  /** A new whole number each time. */
  readonly next: () => number
}

/** One kind of action; it rejects when the gateway did something wrong. */
export type Traffic = {
  readonly name: string
  /** How often it is chosen, beside the others. */
  readonly weight: number
  readonly run: (world: World) => Promise<void>
}

const tokenCount = 50

export function makeWorld(random: Random, issuer: Issuer, { port, tlsPort }: SoakedGateway): World {
  let counter = 0
  return {
    random,
    issuer,
    port,
    doors: [cleartextDoor(port), tlsDoor(tlsPort)],
    http2: new Http2Clients(random, [`http://127.0.0.1:${port}`, `https://127.0.0.1:${tlsPort}`]),
    tokens: Array.from({ length: tokenCount }, (_, index) => goodToken(issuer, `client-${index}`)),
    next: () => counter++,
  }
}

/** Good for a day, longer than any soak. */
export function goodToken(issuer: Issuer, client: string): string {
  return issuer.token({ scope: requiredScope, azp: client, exp: Math.floor(Date.now() / 1000) + 86_400 })
}

export function leave(world: World): void {
  for (const door of world.doors) close(door)
  world.http2.close()
}
