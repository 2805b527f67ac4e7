import { createHash } from 'node:crypto'
import type { TokenHolder } from 'postern/extension'

/** By the digest of the token. */
export const holders = new Map<string, TokenHolder>([
  [digest('table-alice'), { client: 'mobile', subject: 'alice', scopes: ['read'] }],
  [digest('table-banned'), { client: 'banned' }],
  [digest('table-two'), { client: 'mobile', issuer: 'https://two.example.com' }],
])

export function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
