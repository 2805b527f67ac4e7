import { smallAnswer, smallRequest } from '../fixture/api.ts'
import { type Identity, mintToken } from '../fixture/identity.ts'
import type { Peer } from './peer.ts'

/**
 * A peer that is fast because it leaves a check out must not be measured: a good token passes, and where there are policies no token, a
 * forged one, one for others and one without the scope do not. Throws otherwise.
 */
export async function checkPeer(peer: Peer, port: number, identity: Identity): Promise<void> {
  const good = await mintToken(identity, `check-${peer.name}`)
  await expectStatus(peer, port, 'a good token', good, 200)
  if (!peer.policies) return
  const otherAudience = await mintToken({ ...identity, audience: 'others' }, 'audience')
  const otherIssuer = await mintToken({ ...identity, issuer: 'https://other.example' }, 'issuer')
  const otherScope = await mintToken(identity, 'scope', 'read:others')
  const signature = good.slice(good.lastIndexOf('.') + 1)
  await expectStatus(peer, port, 'no token', null, 401)
  await expectStatus(peer, port, "another token's signature", `${otherScope.slice(0, otherScope.lastIndexOf('.'))}.${signature}`, 401)
  // Envoy answers 403 to a token whose audience is another one.
  await expectStatus(peer, port, 'a token for others', otherAudience, 401, 403)
  await expectStatus(peer, port, 'a token of another issuer', otherIssuer, 401)
  await expectStatus(peer, port, 'a token without the scope', otherScope, 403)
}

async function expectStatus(peer: Peer, port: number, what: string, token: string | null, ...expected: number[]): Promise<void> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(`http://127.0.0.1:${port}${smallRequest.path}`, { headers })
  const body = await answer.text()
  if (!expected.includes(answer.status)) throw new Error(`${peer.name} answers ${answer.status} to ${what}, not ${expected.join(' or ')}`)
  if (answer.status === 200 && body.length !== smallAnswer) throw new Error(`${peer.name} does not answer with the backend's body`)
}
