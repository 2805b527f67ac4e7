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

/** What came of a command to the store of shared answers; `forged`: what it holds was not written by a gateway. */
export type SharedAnswerOutcome = 'hit' | 'miss' | 'forged' | 'late' | 'away' | 'failed'

/** Read when metrics are rendered. */
export type IntrospectionFigures = {
  readonly outcomes: ReadonlyMap<IntrospectionOutcome, number>
  readonly joined: number
  readonly knownInvalid: number
  readonly breakersOpen: number
}

/** Of answers that gateways share. */
export type SharedAnswersFigures = {
  readonly outcomes: ReadonlyMap<SharedAnswerOutcome, number>
  /** Connections to stores that are ready. */
  readonly connected: number
}

export function writeSharedAnswers(out: Exposition, { outcomes, connected }: SharedAnswersFigures): void {
  out.family('postern_shared_answers_total', 'counter', 'What came of looking for or leaving answers that gateways share.')
  for (const [outcome, count] of outcomes) out.sample('postern_shared_answers_total', { outcome }, count)
  out.single('postern_shared_answers_connections', 'gauge', 'Connections to stores of shared answers that are ready.', connected)
}

export function writeIntrospection(out: Exposition, { outcomes, joined, knownInvalid, breakersOpen }: IntrospectionFigures): void {
  out.family('postern_introspections_total', 'counter', 'Questions to key managers about tokens, by how they ended.')
  for (const [outcome, count] of outcomes) out.sample('postern_introspections_total', { outcome }, count)
  out.single('postern_introspections_joined_total', 'counter', 'Requests that waited for a question that was open already.', joined)
  out.single('postern_introspection_invalid_hits_total', 'counter', 'Requests whose token was known not to be good.', knownInvalid)
  out.single('postern_introspection_breakers_open', 'gauge', 'Circuit breakers that spare a key manager.', breakersOpen)
}
