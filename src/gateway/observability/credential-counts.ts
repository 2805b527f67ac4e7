/** What became of the credentials of one kind, or of the subscriptions that they have. A request that carries several is counted with each of them. */
import type { Exposition } from './exposition.ts'

export const credentialKinds = ['token', 'proof', 'api-key', 'basic', 'certificate', 'subscription'] as const

export type CredentialKind = (typeof credentialKinds)[number]

export class CredentialCounts {
  /** Good ones. Whoever judges the kind adds to it: a known credential costs one addition. */
  accepted: number = 0
  readonly #refused: Map<string, number> = new Map()

  /** `reason` is one of a fixed set of words. */
  refused(reason: string): void {
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1)
  }

  get refusals(): ReadonlyMap<string, number> {
    return this.#refused
  }
}

export function writeCredentials(out: Exposition, kinds: ReadonlyMap<CredentialKind, CredentialCounts>): void {
  if (kinds.size === 0) return
  out.family('postern_credentials_total', 'counter', 'Credentials that were looked at, by kind and what became of them.')
  for (const [kind, { accepted, refusals }] of kinds) {
    out.sample('postern_credentials_total', { kind, outcome: 'accepted' }, accepted)
    for (const [outcome, count] of refusals) out.sample('postern_credentials_total', { kind, outcome }, count)
  }
}

/** `cut`: how often, by why. */
export function writeCut(out: Exposition, cut: ReadonlyMap<string, number>): void {
  out.family('postern_exchanges_cut_total', 'counter', 'Exchanges that were cut because what they were begun with held no more.')
  for (const [reason, count] of cut) out.sample('postern_exchanges_cut_total', { reason }, count)
}
