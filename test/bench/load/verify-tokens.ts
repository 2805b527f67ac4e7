import { createPublicKey, verify } from 'node:crypto'
import { TokenCache } from '../../../src/gateway/auth/token-cache.ts'
import { TokenVerifier } from '../../../src/gateway/auth/token-verifier.ts'
import { systemClock } from '../../../src/gateway/clock.ts'
import { sampleIssuer, samplePlan } from '../../unit/gateway/sample-plan.ts'
import type { Identity } from '../fixture/identity.ts'

/** Microseconds for each token, the quickest of several passes: everything that the gateway does with a new one, and the signature alone. */
export type Verification = { readonly whole: number; readonly signature: number }

const passes = 5

/** In this process and without a request around it, so that both are measured alike. Throws for a token that is not good. */
export async function verifyTokens(identity: Identity, tokens: readonly string[]): Promise<Verification> {
  const [jwk] = identity.keySet.keys
  const keys = [{ kid: identity.keyId, algorithms: ['RS256'] as const, jwk: jwk as Readonly<Record<string, string>>, notAfter: null }]
  const plan = samplePlan({ issuers: [sampleIssuer({ issuer: identity.issuer, audiences: [identity.audience], keys })] })
  const verifier = await TokenVerifier.make(plan, systemClock, null, () => {}, null)
  const publicKey = createPublicKey(identity.publicKey)
  const parts = tokens.map((token) => {
    const end = token.lastIndexOf('.')
    return { signed: Buffer.from(token.slice(0, end)), signature: Buffer.from(token.slice(end + 1), 'base64url') }
  })
  const whole = quickest(tokens.length, () => {
    const cache = new TokenCache({ entries: tokens.length, bytes: Number.MAX_SAFE_INTEGER })
    for (const token of tokens) {
      const unverified = verifier.read(token)
      const verified = typeof unverified === 'object' && 'jws' in unverified ? verifier.verify(unverified) : 'malformed'
      if (typeof verified === 'string') throw new Error(`the token is not good: ${verified}`)
      cache.add(token, verified)
    }
  })
  const signature = quickest(tokens.length, () => {
    for (const part of parts) if (!verify('sha256', part.signed, publicKey, part.signature)) throw new Error('the signature is not good')
  })
  return { whole, signature }
}

function quickest(count: number, pass: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let number = 0; number < passes; number++) {
    const start = performance.now()
    pass()
    least = Math.min(least, performance.now() - start)
  }
  return (least * 1000) / count
}
