/**
 * etcd v3 through its HTTP gateway: JSON, with keys and values in base64 and numbers of 64 bits as text. One endpoint at a time; whoever uses
 * it decides when to go to the next one.
 */
import type { ServiceClient } from '../calls/service-client.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { KeyValue, Page } from './etcd-page.ts'
import { GrpcRanges } from './grpc-ranges.ts'

/** Milliseconds for a call, and for a watch to begin. */
const patience = 5_000
/** Bytes of an answer: a page of entries. */
const largestPage = 32 * 1024 * 1024
/** Bytes of one message of a watch. */
const largestMessage = 32 * 1024 * 1024

/** `revision`: of its last change. */
export type KnownValue = { readonly value: string; readonly revision: string }

export type WatchMessage =
  | { readonly kind: 'created' }
  /** What was watched for is forgotten already: everything must be read again. */
  | { readonly kind: 'compacted' }
  | { readonly kind: 'cancelled' }
  /** In their order. `revision`: that of the last one. */
  | { readonly kind: 'events'; readonly revision: number; readonly events: readonly WatchEvent[] }

/**
 * A key that was written, or deleted. `before`: what was there, where etcd still knows it. `created`: there was no such key. Of one that was
 * deleted, the pair is what was there before, or the key alone.
 */
export type WatchEvent = {
  readonly deleted: boolean
  readonly created: boolean
  readonly pair: KeyValue
  readonly before: KeyValue | null
}

export type Login = { readonly username: string; readonly password: string }

export class EtcdClient {
  readonly #client: ServiceClient
  readonly #login: Login | null
  #endpoint: URL
  #token: string | null = null

  constructor(client: ServiceClient, endpoint: URL, login: Login | null) {
    this.#client = client
    this.#endpoint = endpoint
    this.#login = login
  }

  /** Where calls go from now on. A login there is a new one. */
  use(endpoint: URL): void {
    this.#endpoint = endpoint
    this.#token = null
  }

  /** For reading all there is, more quickly than with `range`; `null` where the endpoint does not speak gRPC. To be closed. */
  async openRanges(): Promise<GrpcRanges | null> {
    const { Authorization: token = null } = await this.#fields()
    return await GrpcRanges.open(this.#endpoint, this.#client.secureOptions(), token)
  }

  /** At most `limit` keys from `from` up to `end`, as of `revision`; 0 for now, as a majority of etcd's members has it. */
  async range(from: string | Buffer, end: string, revision: number, limit: number): Promise<Page> {
    const text = await this.#ask('/v3/kv/range', {
      key: encoded(from),
      range_end: encoded(end),
      limit: String(limit),
      ...(revision === 0 ? {} : { revision: String(revision) }),
    })
    const { rest: answer, last, pairs } = splitPage(text)
    const header = objectOf(answer.header)
    return {
      cluster: String(header.cluster_id),
      term: numberOf(header.raft_term),
      revision: numberOf(header.revision),
      pairs,
      lastKey: last,
      more: answer.more === true,
      count: numberOf(answer.count),
    }
  }

  /** `null` where there is no such key. */
  async read(key: string): Promise<KnownValue | null> {
    const answer = await this.#call('/v3/kv/range', { key: encoded(key) })
    const [first] = listOf(answer.kvs)
    const pair = pairOf(first)
    return pair === null ? null : { value: pair.value, revision: String(numberOf(objectOf(first).mod_revision)) }
  }

  /**
   * Writes a key unless it was changed meanwhile, and says whether it did.
   * @param known what was read before; `null` where there was nothing.
   * @param lease seconds for which the key stays; `null`: until somebody deletes it.
   */
  async write(key: string, value: string, known: KnownValue | null, lease: number | null): Promise<boolean> {
    const id = lease === null ? '0' : (await this.#call('/v3/lease/grant', { TTL: String(lease) })).ID
    if (typeof id !== 'string') throw new ServiceError('protocol')
    const unchanged = { key: encoded(key), target: 'MOD', result: 'EQUAL', mod_revision: known?.revision ?? '0' }
    const put = { key: encoded(key), value: encoded(value), lease: id }
    const answer = await this.#call('/v3/kv/txn', { compare: [unchanged], success: [{ request_put: put }] })
    return answer.succeeded === true
  }

  /** Resolves when the watch has ended in order; rejects with a ServiceError otherwise. */
  async watch(from: string, end: string, revision: number, signal: AbortSignal, received: (message: WatchMessage) => void): Promise<void> {
    const create = { key: encoded(from), range_end: encoded(end), start_revision: String(revision), prev_kv: true }
    const lines = new Lines((line) => {
      const message = watchMessage(line)
      if (message !== null) received(message)
    })
    const status = await this.#client.follow(
      {
        method: 'POST',
        url: this.#url('/v3/watch'),
        headers: await this.#fields(),
        body: JSON.stringify({ create_request: create }),
        timeout: patience,
      },
      signal,
      (piece) => lines.add(piece),
    )
    if (status !== 200) this.#refused()
  }

  async #call(path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    return objectOf(jsonIn(await this.#ask(path, body)))
  }

  async #ask(path: string, body: unknown): Promise<string> {
    return this.#post(path, body, await this.#fields())
  }

  async #fields(): Promise<Readonly<Record<string, string>>> {
    if (this.#login === null) return {}
    this.#token ??= await this.#authenticate(this.#login)
    return { Authorization: this.#token }
  }

  async #authenticate({ username, password }: Login): Promise<string> {
    const { token } = objectOf(jsonIn(await this.#post('/v3/auth/authenticate', { name: username, password }, {})))
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(token)) throw new ServiceError('protocol')
    return token
  }

  async #post(path: string, body: unknown, fields: Readonly<Record<string, string>>): Promise<string> {
    const answer = await this.#client.call({
      method: 'POST',
      url: this.#url(path),
      headers: { 'Content-Type': 'application/json', ...fields },
      body: JSON.stringify(body),
      timeout: patience,
      maxAnswer: largestPage,
    })
    if (answer.status !== 200) this.#refused()
    return answer.body.toString('utf8')
  }

  /** The token may have ended; the next call gets another one. */
  #refused(): never {
    this.#token = null
    throw new ServiceError('protocol')
  }

  #url(path: string): URL {
    const url = new URL(this.#endpoint)
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`
    return url
  }
}

/** A stream of JSON texts, one on each line. */
class Lines {
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
function watchMessage(line: string): WatchMessage | null {
  const message = objectOf(jsonIn(line))
  if (message.error !== undefined) return { kind: 'cancelled' }
  const result = objectOf(message.result)
  if (numberOf(result.compact_revision) > 0) return { kind: 'compacted' }
  if (result.canceled === true) return { kind: 'cancelled' }
  if (result.created === true) return { kind: 'created' }
  const events = listOf(result.events).map(objectOf)
  if (events.length === 0) return null
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
  return pair === null ? null : { deleted, created: numberOf(objectOf(kv).version) === 1, pair, before: known }
}

/** Where the list of pairs begins and ends. It holds objects without objects in them, and texts in base64: no bracket stands in these. */
const beginning = '"kvs":['
const between = '},{'

/** Characters of a list that are read at once. */
const piece = 65_536

type SplitPage = { readonly rest: Readonly<Record<string, unknown>>; readonly last: Buffer; readonly pairs: Iterable<KeyValue> }

/** An answer of many megabytes is not read at once: requests would have to wait. */
function splitPage(text: string): SplitPage {
  const at = text.indexOf(beginning)
  if (at === -1) {
    const rest = objectOf(jsonIn(text))
    // It is written in another way than etcd's.
    if (rest.kvs !== undefined) throw new ServiceError('protocol')
    return { rest, last: Buffer.alloc(0), pairs: [] }
  }
  const begin = at + beginning.length
  const end = text.indexOf(']', begin)
  const rest = objectOf(jsonIn(`${text.slice(0, begin)}${text.slice(end)}`))
  if (begin === end) return { rest, last: Buffer.alloc(0), pairs: [] }
  const lastBegins = text.lastIndexOf(between, end)
  const { key } = objectOf(jsonIn(text.slice(lastBegins < begin ? begin : lastBegins + 2, end)))
  if (typeof key !== 'string') throw new ServiceError('protocol')
  return { rest, last: Buffer.from(key, 'base64'), pairs: pairsIn(text, begin, end) }
}

function* pairsIn(text: string, begin: number, end: number): Iterable<KeyValue> {
  for (let from = begin; from < end; ) {
    const found = text.indexOf(between, from + piece)
    const to = found === -1 || found >= end ? end : found + 1
    for (const value of listOf(jsonIn(`[${text.slice(from, to)}]`))) {
      const pair = pairOf(value)
      if (pair !== null) yield pair
    }
    from = to + 1
  }
}

function pairOf(value: unknown): KeyValue | null {
  const { key, value: content } = objectOf(value)
  if (typeof key !== 'string') return null
  return { key: decoded(key), value: typeof content === 'string' ? decoded(content) : '' }
}

function encoded(text: string | Buffer): string {
  return Buffer.from(text).toString('base64')
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ServiceError('protocol')
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** 0 for what is absent. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : 0
}
