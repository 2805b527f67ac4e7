/** Says in Redis that what was counted in a ledger was not used after all. No request waits for it, and it is said at the most once. */
import type { Clock } from '../clock.ts'
import type { FleetKey } from './fleet-key.ts'
import { type LedgerStore, Script } from './ledger-store.ts'
import { giveBackScript } from './scripts.ts'
import type { Terms } from './terms.ts'

type Parts = { readonly store: Pick<LedgerStore, 'run' | 'lost'>; readonly key: FleetKey; readonly clock: Clock }

const script = new Script(giveBackScript)

/** `counted`: since when it may have been counted, in monotonic milliseconds. Never rejects. */
export async function giveBack(
  { store, key, clock }: Parts,
  terms: Terms,
  low: number,
  high: number,
  amount: number,
  counted: number,
): Promise<void> {
  const age = Math.ceil(clock.monotonic() - counted)
  const words = [terms.kind, terms.text(store.lost, clock.now()), String(amount), String(age)]
  await store.run(script, [key.ledger(low, high)], words)
}
