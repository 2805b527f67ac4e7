/** What becomes of a request whose head has been read; the same for every protocol that clients speak. */
import type { RefusalKind } from '../../contract/refusals.ts'
import type { Decision, Exchange, Refusal } from '../exchange.ts'
import { describeBug } from '../observability/bug.ts'
import type { Log } from '../observability/log.ts'
import { run } from '../pipeline.ts'
import type { ListenerParts } from './client-session.ts'
import { readTarget } from './request-target.ts'

/** Sets the exchange's host, path and query, or says why the head is refused although it is well-formed. */
export function doubtful(exchange: Exchange, parts: ListenerParts): RefusalKind | undefined {
  const refused = readTarget(exchange, parts.plan.limits.maxTarget)
  if (refused !== undefined) return refused
  for (const slot of parts.credentialSlots) if (exchange.head.occurrences(slot) > 1) return 'duplicate-credential'
  return undefined
}

/** Runs the pipeline; a promise, which never rejects, only where a step must wait. */
export function decide(exchange: Exchange, parts: ListenerParts): Decision | Promise<Decision> {
  try {
    const decision = run(exchange, parts.router, parts.preflight)
    if (!(decision instanceof Promise)) return decision
    return decision.then((later) => later ?? ended(exchange, parts)).catch((error: unknown) => bug(error, parts.log))
  } catch (error) {
    return bug(error, parts.log)
  }
}

/** A step has waited, and what the request came with may have been revoked meanwhile. */
function ended(exchange: Exchange, { credentialWatch }: ListenerParts): Refusal | undefined {
  const end = credentialWatch === null ? null : credentialWatch.ended(exchange, false)
  return credentialWatch === null || end === null ? undefined : credentialWatch.refusal(end, exchange.operation!.plan)
}

/** A step has thrown: whatever it was about to decide, the request does not go on. */
function bug(error: unknown, log: Log): Refusal {
  log.event('error', 'bug', describeBug(error))
  return { kind: 'internal-error', fields: '', reason: 'bug' }
}
