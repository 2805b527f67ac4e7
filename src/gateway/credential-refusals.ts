/** Every way in which API keys and passwords fail: the word for log and metrics, and the refusal. */
import type { RefusalKind } from '../contract/refusals.ts'
import type { CredentialsPlan } from './capabilities/credentials.ts'
import { challengesOf } from './challenges.ts'
import type { Refusal } from './exchange.ts'

const failures = {
  missing: 'credential-missing',
  scheme: 'credential-missing',
  'api-key-twice': 'duplicate-credential',
  'api-key-malformed': 'credential-invalid',
  'api-key-unknown': 'credential-invalid',
  'api-key-signature': 'credential-invalid',
  'api-key-kind': 'credential-invalid',
  'api-key-claims': 'credential-invalid',
  'api-key-not-yet-valid': 'credential-invalid',
  'api-key-revoked': 'credential-invalid',
  'revocation-unknown': 'revocation-unknown',
  'api-key-expired': 'credential-expired',
  'api-key-api': 'credential-not-allowed',
  'api-key-address': 'credential-not-allowed',
  'api-key-origin': 'credential-not-allowed',
  'api-key-attempts': 'too-many-attempts',
  'api-key-busy': 'credentials-busy',
  'basic-malformed': 'credential-invalid',
  'basic-wrong': 'credential-invalid',
  'basic-attempts': 'too-many-attempts',
  'basic-busy': 'credentials-busy',
} as const satisfies Readonly<Record<string, RefusalKind>>

export type CredentialFailure = keyof typeof failures

export type CredentialRefusals = Readonly<Record<CredentialFailure, Refusal>>

const challenged: ReadonlySet<RefusalKind> = new Set(['credential-missing', 'credential-invalid', 'credential-expired'])

/** `realm` is the gateway's name. */
export function credentialRefusals(security: CredentialsPlan, realm: string): CredentialRefusals {
  const { token, apiKey, basic } = challengesOf(security, realm)
  const entries = Object.entries(failures).map(([reason, kind]) => {
    const fields = challenged.has(kind) ? token + apiKey + basic : ''
    return [
      reason,
      { kind, fields: kind === 'credentials-busy' || kind === 'revocation-unknown' ? 'Retry-After: 1\r\n' : fields, reason },
    ] as const
  })
  // The entries are made from the table's own keys.
  return Object.fromEntries(entries) as CredentialRefusals
}
