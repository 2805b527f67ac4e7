/**
 * Messages of a topic become entries: Postern's own, and WSO2's in all its versions. A message that cannot be understood is counted and
 * skipped, whatever is in it; nothing of it is kept or told.
 */
import type { FedEntry, RevocationSink } from '../capabilities/revocation-feed.ts'
import type { Clock } from '../clock.ts'
import { isJsonObject, wordOf } from '../json-object.ts'
import { readEntry } from './read-entry.ts'
import { messagesIn, payloadOf, valueIn } from './topic-values.ts'
import { isWso2Event, readWso2Event } from './wso2-event.ts'

type Parts = {
  readonly sink: Pick<RevocationSink, 'put' | 'remove' | 'rejected'>
  readonly clock: Pick<Clock, 'now'>
  /** Milliseconds for which an entry that says no end of its own is kept: a topic never says that it is over. */
  readonly keep: number
}

export class TopicMessages {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A body of AMQP 0-9-1. `headers`: its field table; without a body, the message is what stands there. */
  receivedBytes(body: Buffer, contentType: unknown, headers: unknown): void {
    this.receivedValue(valueIn(body, contentType, headers))
  }

  /** Text, or what a map message is to the protocol's library. Undefined for what could not so much as be read. */
  receivedValue(value: unknown): void {
    const { sink } = this.#parts
    for (const message of messagesIn(value)) {
      const entry = entryOf(message)
      if (entry === undefined) sink.rejected()
      else if (isTakenBack(message)) sink.remove(entry)
      else sink.put(this.#bounded(entry))
    }
  }

  #bounded(entry: FedEntry): FedEntry {
    // Keys are few, and may be used for as long as the project names them.
    if (entry.expires !== null || entry.kind === 'key' || entry.kind === 'api-key') return entry
    const { clock, keep } = this.#parts
    return { ...entry, expires: Math.ceil((clock.now() + keep) / 1000) }
  }
}

/** What an operator has un-revoked; with another word there, it is revoked. */
function isTakenBack(message: unknown): boolean {
  return isJsonObject(message) && Object.hasOwn(message, 'takenBack') && wordOf(message.takenBack) === 'true'
}

/** Undefined for what makes no sense. */
function entryOf(message: unknown): FedEntry | undefined {
  const fields = payloadOf(message)
  return isJsonObject(fields) && isWso2Event(fields) ? readWso2Event(fields) : readEntry(fields)
}
