/** Every way in which a proof fails: the word for log and metrics, and the challenge of RFC 9449 §7.1. */
import { proofChallenge } from '../challenges.ts'
import type { Refusal } from '../exchange.ts'

const failures = {
  'proof-missing': 'The request needs exactly one proof',
  'proof-malformed': 'The proof is malformed',
  'proof-algorithm': 'The algorithm of the proof is not accepted',
  'proof-key': 'The proof is of another key than the access token',
  'proof-request': 'The proof is for another request',
  'proof-time': 'The proof is too old or from the future',
  'proof-token': 'The proof is for another access token',
  'proof-signature': 'The signature of the proof is not valid',
  'proof-replayed': 'The proof has been used before',
  'proof-room': 'No more proofs can be remembered now',
} as const satisfies Readonly<Record<string, string>>

export type ProofFailure = keyof typeof failures

export type ProofRefusals = Readonly<Record<ProofFailure, Refusal>>

/** `realm` is the gateway's name. */
export function proofRefusals(realm: string): ProofRefusals {
  const entries = Object.entries(failures).map(([reason, description]): readonly [string, Refusal] => {
    const fields = proofChallenge(realm, `, error="invalid_dpop_proof", error_description="${description}"`)
    return [reason, { kind: 'credential-invalid', fields, reason }]
  })
  // The entries are made from the table's own keys.
  return Object.fromEntries(entries) as ProofRefusals
}
