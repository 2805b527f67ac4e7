/** What is counted of questions to key managers, as metrics. */
import type { Exposition } from './exposition.ts'

/** How a question ended: `refused`: the key manager does not take the gateway's own credentials; `spared`: the circuit breaker was open. */
export type IntrospectionOutcome =
  | 'active'
  | 'inactive'
  | 'timeout'
  | 'connect'
  | 'tls'
  | 'too-large'
  | 'protocol'
  | 'status'
  | 'refused'
  | 'spared'
  | 'busy'

/** Read when metrics are rendered. */
export type IntrospectionFigures = {
  readonly outcomes: ReadonlyMap<IntrospectionOutcome, number>
  readonly joined: number
  readonly knownInvalid: number
  readonly breakersOpen: number
}

export function writeIntrospection(out: Exposition, { outcomes, joined, knownInvalid, breakersOpen }: IntrospectionFigures): void {
  out.family('postern_introspections_total', 'counter', 'Questions to key managers about tokens, by how they ended.')
  for (const [outcome, count] of outcomes) out.sample('postern_introspections_total', { outcome }, count)
  out.single('postern_introspections_joined_total', 'counter', 'Requests that waited for a question that was open already.', joined)
  out.single('postern_introspection_invalid_hits_total', 'counter', 'Requests whose token was known not to be good.', knownInvalid)
  out.single('postern_introspection_breakers_open', 'gauge', 'Circuit breakers that spare a key manager.', breakersOpen)
}
