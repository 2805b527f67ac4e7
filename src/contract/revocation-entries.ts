/** How entries of lists say what is revoked: the name of the member, and what that makes it. Snapshots and feeds are read by this table. */
import type { RevokedPlan } from './plan.ts'

export const revokedBy = {
  jti: 'token',
  signature: 'token',
  digest: 'digest',
  client: 'client',
  user: 'user',
  kid: 'key',
  apiKey: 'api-key',
} as const satisfies Readonly<Record<string, RevokedPlan['kind']>>
