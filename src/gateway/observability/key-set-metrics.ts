/** What is counted about key sets that are fetched. */
import type { Exposition } from './exposition.ts'

/** One for each issuer whose keys are fetched; read when metrics are rendered. */
export type KeySetFigures = {
  readonly issuer: string
  /** Since the last fetch that succeeded, or since the start where none has. */
  readonly ageSeconds: number
  /** The last fetch failed, or there was none. */
  readonly failing: boolean
  readonly keys: number
  /** By fixed words. */
  readonly outcomes: ReadonlyMap<string, number>
}

export function writeKeySets(out: Exposition, sets: readonly KeySetFigures[]): void {
  out.family('postern_key_set_age_seconds', 'gauge', 'Time since an issuer’s keys were fetched.', 'largest')
  for (const { issuer, ageSeconds } of sets) out.sample('postern_key_set_age_seconds', { issuer }, ageSeconds)
  out.family('postern_key_set_failing', 'gauge', 'Whether the last fetch of an issuer’s keys failed.', 'largest')
  for (const { issuer, failing } of sets) out.sample('postern_key_set_failing', { issuer }, Number(failing))
  out.family('postern_key_set_keys', 'gauge', 'Usable keys of an issuer’s last key set.', 'largest')
  for (const { issuer, keys } of sets) out.sample('postern_key_set_keys', { issuer }, keys)
  out.family('postern_key_set_fetches_total', 'counter', 'Fetches of an issuer’s keys, by how they ended.')
  for (const { issuer, outcomes } of sets) {
    for (const [outcome, count] of outcomes) out.sample('postern_key_set_fetches_total', { issuer, outcome }, count)
  }
}
