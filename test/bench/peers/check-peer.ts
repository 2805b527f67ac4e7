import { smallAnswer } from '../fixture/api.ts'
import { type Identity, mintToken } from '../fixture/identity.ts'
import type { Transport } from '../fixture/transport.ts'
import { ask } from './ask.ts'
import type { Peer } from './peer.ts'

type Subject = { readonly peer: Peer; readonly port: number; readonly transport: Transport }

/**
 * A peer that is fast because it leaves a check out must not be measured: a good token passes, and where there are policies no token, a
 * forged one, one for others and one without the scope do not. Throws otherwise.
 */
export async function checkPeer(subject: Subject, identity: Identity): Promise<void> {
  const good = await mintToken(identity, `check-${subject.peer.name}`)
  await expectStatus(subject, 'a good token', good, 200)
  if (!subject.peer.policies) return
  const otherAudience = await mintToken({ ...identity, audience: 'others' }, 'audience')
  const otherIssuer = await mintToken({ ...identity, issuer: 'https://other.example' }, 'issuer')
  const otherScope = await mintToken(identity, 'scope', 'read:others')
  const signature = good.slice(good.lastIndexOf('.') + 1)
  await expectStatus(subject, 'no token', null, 401)
  await expectStatus(subject, "another token's signature", `${otherScope.slice(0, otherScope.lastIndexOf('.'))}.${signature}`, 401)
  // Envoy answers 403 to a token whose audience is another one.
  await expectStatus(subject, 'a token for others', otherAudience, 401, 403)
  await expectStatus(subject, 'a token of another issuer', otherIssuer, 401)
  await expectStatus(subject, 'a token without the scope', otherScope, 403)
}

async function expectStatus({ peer, port, transport }: Subject, what: string, token: string | null, ...expected: number[]): Promise<void> {
  const { status, body } = await ask(port, transport, token)
  if (!expected.includes(status)) throw new Error(`${peer.name} answers ${status} to ${what}, not ${expected.join(' or ')}`)
  if (status === 200 && body.length !== smallAnswer) throw new Error(`${peer.name} does not answer with the backend's body`)
}
