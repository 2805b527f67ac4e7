/** What snapshots and feeds have in common, for the compiler and the gateway. */
import type { DeniedKind, RevokedPlan } from './plan/revocation.ts'
import type { RevocationFeedPlan } from './plan/revocation-feed.ts'

/** How entries of lists say what is revoked: the name of the member, and what that makes it. */
export const revokedBy = {
  jti: 'token',
  signature: 'token',
  digest: 'digest',
  client: 'client',
  user: 'user',
  kid: 'key',
  apiKey: 'api-key',
} as const satisfies Readonly<Record<string, RevokedPlan['kind']>>

/** The same for those who are denied, which feeds say and snapshots do not: policies.yaml has a list of its own. */
export const deniedBy = {
  denyApplication: 'denied-application',
  denyUser: 'denied-user',
  denyApi: 'denied-api',
  denyAddress: 'denied-address',
} as const satisfies Readonly<Record<string, DeniedKind>>

export function isDenied(kind: RevokedPlan['kind']): kind is DeniedKind {
  return kind.startsWith('denied-')
}

/** Whether what a source has said counts until it is taken back: of what it says twice, that counts which bars more. */
export const isJournal: Readonly<Record<RevocationFeedPlan['kind'], boolean>> = {
  list: false,
  etcd: false,
  redis: true,
  amqp: true,
  amqp10: true,
}

/** Whether a source can say again all that it said. One that cannot, a topic, needs another one beside it that can. */
export const replays: Readonly<Record<RevocationFeedPlan['kind'], boolean>> = {
  list: true,
  etcd: true,
  redis: true,
  amqp: false,
  amqp10: false,
}
