/** What is known of a caller of whom nearly nothing is known. */
import type { CallerFacts } from '../../../../src/gateway/backend-identity/caller-facts.ts'

export function callerFacts(parts: Partial<CallerFacts> = {}): CallerFacts {
  return {
    consumer: 'subject:0:alice',
    subject: 'alice',
    client: undefined,
    scopes: '',
    application: { id: undefined, uuid: undefined, name: undefined, tier: undefined, owner: undefined },
    tier: undefined,
    keyType: 'PRODUCTION',
    claims: null,
    attached: null,
    expiresAt: Number.POSITIVE_INFINITY,
    ...parts,
  }
}
