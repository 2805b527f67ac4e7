/**
 * etcd v3 through its HTTP gateway: JSON, with keys and values in base64 and numbers of 64 bits as text. One endpoint at a time; whoever uses
 * it decides when to go to the next one.
 */
import type { ServiceAnswer, ServiceClient } from '../calls/service-client.ts'
import { ServiceError } from '../calls/service-error.ts'
import { encoded, jsonIn, listOf, numberOf, objectOf, pairOf } from './etcd-json.ts'
import type { Page } from './etcd-page.ts'
import { GrpcSession } from './grpc-session.ts'
import { splitPage } from './split-page.ts'

/** Milliseconds for a call, and for an answer that goes on to begin. */
const patience = 5_000
/** Bytes of an answer: a page of entries. */
const largestPage = 32 * 1024 * 1024

/** What etcd says of a token that it does not know, or no more. */
const unauthorized = 401

/** `revision`: of its last change. */
export type KnownValue = { readonly value: string; readonly revision: string }

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

  /** For what is better done over gRPC; `null` where the endpoint does not speak it. To be closed. */
  async openGrpc(): Promise<GrpcSession | null> {
    const { Authorization: token = null } = await this.#fields()
    return await GrpcSession.open(this.#endpoint, this.#client.secureOptions(), token)
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

  /**
   * A call whose answer goes on. `goOn`, where there is one, is given what goes on with the body. Resolves when the answer has ended in order;
   * rejects with a ServiceError otherwise.
   */
  async follow(
    path: string,
    body: string,
    signal: AbortSignal,
    received: (piece: Buffer) => void,
    goOn: ((write: (text: string) => void) => void) | null,
  ): Promise<void> {
    const call = { method: 'POST', url: this.#url(path), headers: await this.#fields(), body, timeout: patience } as const
    if ((await this.#client.follow(call, signal, received, goOn)) !== 200) this.#refused()
  }

  async #call(path: string, body: unknown): Promise<Readonly<Record<string, unknown>>> {
    return objectOf(jsonIn(await this.#ask(path, body)))
  }

  async #ask(path: string, body: unknown): Promise<string> {
    const known = this.#token
    const answer = await this.#post(path, body, await this.#fields())
    // The token of a login ends after some minutes, or with the member that gave it. That is no reason to go to another one.
    if (answer.status !== unauthorized || known === null) return this.#textOf(answer)
    this.#token = null
    return this.#textOf(await this.#post(path, body, await this.#fields()))
  }

  async #fields(): Promise<Readonly<Record<string, string>>> {
    if (this.#login === null) return {}
    this.#token ??= await this.#authenticate(this.#login)
    return { Authorization: this.#token }
  }

  async #authenticate({ username, password }: Login): Promise<string> {
    const answer = await this.#post('/v3/auth/authenticate', { name: username, password }, {})
    const { token } = objectOf(jsonIn(this.#textOf(answer)))
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(token)) throw new ServiceError('protocol')
    return token
  }

  async #post(path: string, body: unknown, fields: Readonly<Record<string, string>>): Promise<ServiceAnswer> {
    return await this.#client.call({
      method: 'POST',
      url: this.#url(path),
      headers: { 'Content-Type': 'application/json', ...fields },
      body: JSON.stringify(body),
      timeout: patience,
      maxAnswer: largestPage,
    })
  }

  #textOf({ status, body }: ServiceAnswer): string {
    return status === 200 ? body.toString('utf8') : this.#refused()
  }

  /** The next call has a login of its own. */
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
