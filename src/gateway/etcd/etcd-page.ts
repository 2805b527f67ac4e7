/** What etcd says of some keys, in whatever protocol it was asked. */

export type KeyValue = { readonly key: string; readonly value: string }

/** Of an answer. Revisions and terms never go back, but where etcd has begun anew, from a backup or from nothing. */
export type EtcdMoment = { readonly cluster: string; readonly term: number; readonly revision: number }

export type Page = EtcdMoment & {
  /** Made as they are asked for: there may be thousands. */
  readonly pairs: Iterable<KeyValue>
  /** As it is, text or not; empty where there is none. */
  readonly lastKey: Buffer
  readonly more: boolean
  readonly count: number
}
