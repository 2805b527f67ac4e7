import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { requiredScope } from '../fixture/api.ts'
import type { NodePeerSettings } from './node-peer.ts'

/** The settings of a program that node-peer.ts started. */
export function readSettings(): NodePeerSettings {
  const settings: NodePeerSettings = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
  return settings
}

export type Verified = { readonly consumer: string; readonly scopes: readonly string[]; readonly expires: number }

const cacheSize = 10_000

/** Verifies a token, or finds it among those that were; `null` when it is not to be trusted. Written as lean as can be. */
export function tokenVerifier({ issuer, audience, publicKey }: NodePeerSettings): (token: string) => Verified | null {
  const cache = new Map<string, Verified>()
  const key = createPublicKey(publicKey)
  return (token) => {
    let verified = cache.get(token)
    if (verified === undefined) {
      const [head = '', claims = '', signature = ''] = token.split('.')
      if (decode(head).alg !== 'RS256') return null
      if (!verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))) return null
      const { iss, aud, exp, azp, scope } = decode(claims)
      if (iss !== issuer || aud !== audience || typeof exp !== 'number') return null
      verified = { consumer: String(azp), scopes: String(scope).split(' '), expires: exp * 1000 }
      for (const oldest of cache.keys()) {
        if (cache.size < cacheSize) break
        cache.delete(oldest)
      }
      cache.set(token, verified)
    }
    return verified.expires > Date.now() ? verified : null
  }
}

function decode(part: string): Record<string, unknown> {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const windowMilliseconds = 60_000
const limit = 1_000_000_000
const windows = new Map<string, { start: number; count: number }>()

/** Counts a request of a consumer in a fixed window; false over the limit. */
export function countRequest(consumer: string): boolean {
  const now = Date.now()
  const window = windows.get(consumer)
  if (window === undefined || now - window.start >= windowMilliseconds) {
    windows.set(consumer, { start: now, count: 1 })
    return true
  }
  window.count++
  return window.count <= limit
}

/** 0 when the request may pass, else the status to refuse it with. */
export function judge(verified: Verified | null): 0 | 401 | 403 | 429 {
  if (verified === null) return 401
  if (!verified.scopes.includes(requiredScope)) return 403
  return countRequest(verified.consumer) ? 0 : 429
}
