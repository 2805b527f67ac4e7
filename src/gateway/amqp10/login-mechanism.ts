/**
 * How the gateway says who it is (SASL): by name and password where it has them, else as nobody in particular. One mechanism and no other:
 * a broker that does not offer it is not answered with a weaker one.
 */
import type { Login } from '../amqp/amqp-address.ts'

type Done = (error: unknown, response: Buffer) => void

/** As the library calls it. */
type Mechanism = { start(done: Done): void; step(challenge: Buffer, done: Done): void }

/** By its name (RFC 4616, RFC 4505). The library's own PLAIN counts characters where it writes bytes. */
export function mechanismFor(login: Login | null): Readonly<Record<string, Mechanism>> {
  const response = login === null ? Buffer.alloc(0) : Buffer.from(`\0${login.username}\0${login.password}`, 'utf8')
  const mechanism: Mechanism = {
    start: (done) => done(undefined, response),
    step: (_challenge, done) => done(new Error('a challenge where there is none'), response),
  }
  return Object.assign(Object.create(null), { [login === null ? 'ANONYMOUS' : 'PLAIN']: mechanism })
}
