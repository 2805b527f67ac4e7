/** What etcd says while keys are watched. */
import { ServiceError } from '../calls/service-error.ts'
import { jsonIn, listOf, numberOf, objectOf, pairOf } from './etcd-json.ts'
import type { KeyValue } from './etcd-page.ts'

/** Bytes of one message of a watch. */
const largestMessage = 32 * 1024 * 1024

export type WatchMessage =
  | { readonly kind: 'created' }
  /** What was watched for is forgotten already: everything must be read again. */
  | { readonly kind: 'compacted' }
  | { readonly kind: 'cancelled' }
  /** In their order. `revision`: that of the last one. */
  | { readonly kind: 'events'; readonly revision: number; readonly events: readonly WatchEvent[] }
  /** It was asked for: everything up to this revision has come. */
  | { readonly kind: 'progress'; readonly revision: number }

/**
 * A key that was written, or deleted. `revision`: since when. `before`: what was there, where etcd still knows it. `created`: there was no such
 * key. Of one that was deleted, the pair is what was there before, or the key alone.
 */
export type WatchEvent = {
  readonly deleted: boolean
  readonly created: boolean
  readonly revision: number
  readonly pair: KeyValue
  readonly before: KeyValue | null
}

/** A stream of JSON texts, one on each line. */
export class Lines {
  readonly #received: (line: string) => void
  #parts: Buffer[] = []
  #size: number = 0

  constructor(received: (line: string) => void) {
    this.#received = received
  }

  add(piece: Buffer): void {
    let begin = 0
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, begin)) {
      this.#parts.push(piece.subarray(begin, end))
      const line = Buffer.concat(this.#parts).toString('utf8')
      this.#parts = []
      this.#size = 0
      begin = end + 1
      if (line.trim() !== '') this.#received(line)
    }
    if (begin === piece.length) return
    this.#parts.push(piece.subarray(begin))
    this.#size += piece.length - begin
    if (this.#size > largestMessage) throw new ServiceError('too-large')
  }
}

/** `null` for a message that says nothing. */
export function watchMessage(line: string): WatchMessage | null {
  const message = objectOf(jsonIn(line))
  if (message.error !== undefined) return { kind: 'cancelled' }
  const result = objectOf(message.result)
  if (numberOf(result.compact_revision) > 0) return { kind: 'compacted' }
  if (result.canceled === true) return { kind: 'cancelled' }
  if (result.created === true) return { kind: 'created' }
  const events = listOf(result.events).map(objectOf)
  if (events.length === 0) {
    const revision = numberOf(objectOf(result.header).revision)
    return revision === 0 ? null : { kind: 'progress', revision }
  }
  return {
    kind: 'events',
    // The header's revision may be beyond these events, where there are more to come.
    revision: Math.max(...events.map(({ kv }) => numberOf(objectOf(kv).mod_revision))),
    events: events.map(watchEvent).filter((event) => event !== null),
  }
}

function watchEvent({ type, kv, prev_kv: before }: Readonly<Record<string, unknown>>): WatchEvent | null {
  const deleted = type === 'DELETE'
  const known = pairOf(before)
  const pair = deleted && known !== null ? known : pairOf(kv)
  const { version, mod_revision: revision } = objectOf(kv)
  return pair === null ? null : { deleted, created: numberOf(version) === 1, revision: numberOf(revision), pair, before: known }
}
