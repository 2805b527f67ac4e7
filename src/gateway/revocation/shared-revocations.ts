/** What is revoked, as each thread sees it: what is known of a credential, looked up in the tables that all of them share. */
import crypto from 'node:crypto'
import type { RevokedPlan, StaleRulePlan } from '../../contract/plan/revocation.ts'
import type { DeniedName, Freshness, Revocable, Revocations } from '../capabilities/revocation.ts'
import type { Clock } from '../clock.ts'
import type { HashTable } from '../hash-table/hash-table.ts'
import { hashWords } from '../keyed-hash.ts'
import { type Ledger, tableTime } from './ledger.ts'
import { RevocationMarks } from './marks.ts'
import { type Named, type NameHash, ofIssuer } from './name-hash.ts'
import type { RevocationState } from './revocation-state.ts'

/** Of a thread's own table, the only one. */
const ownSource = 0

export type Tables = {
  readonly state: RevocationState
  readonly hash: NameHash
  readonly single: HashTable
  readonly before: HashTable
  /** Of each thread, what was revoked through it; empty where nothing can be. */
  readonly revokedHere: readonly HashTable[]
}

type RuledFreshness = { readonly rule: StaleRulePlan; unknown: boolean }

export class SharedRevocations implements Revocations {
  everySweep: () => void = () => {}
  readonly #tables: Tables
  /** One for each rule. */
  readonly #freshness: readonly RuledFreshness[]
  readonly #clock: Clock
  /** Milliseconds since the epoch, of a clock that nobody sets forward. */
  readonly #time: () => number
  /** `null` where nothing is revoked through the gateway. */
  readonly #own: Ledger | null
  readonly #issuers: Map<string, Int32Array> = new Map()

  constructor(tables: Tables, rules: readonly StaleRulePlan[], clock: Clock, time: () => number, own: Ledger | null) {
    this.#tables = tables
    this.#freshness = rules.map((rule) => ({ rule, unknown: false }))
    this.#clock = clock
    this.#time = time
    this.#own = own
  }

  sweep(): void {
    this.everySweep()
    const { state } = this.#tables
    const age = state.full ? Number.POSITIVE_INFINITY : state.ageAt(this.#clock.monotonic())
    for (const each of this.#freshness) each.unknown = each.rule.action === 'deny' && age > each.rule.after
  }

  freshness(rule: number | null): Freshness {
    const freshness = rule === null ? undefined : this.#freshness[rule]
    if (freshness === undefined)
      throw new Error('an operation takes what can be revoked, and nothing says what holds when that is not known')
    return freshness
  }

  get epoch(): number {
    return this.#tables.state.epoch
  }

  marksOf({ issuer, id, text, signature, otherSignature, client, user, key, apiKey, issuedAt }: Revocable): RevocationMarks {
    const single: Int32Array[] = []
    const before: Int32Array[] = []
    const add = (list: Int32Array[], kind: Named, name: string | null, issued: Named = kind): void => {
      if (name === null) return
      list.push(this.#tables.hash.of(kind, name))
      if (issuer !== null && kind !== 'digest') list.push(ofIssuer(this.#tables.hash.of(issued, name), this.#issuer(issuer)))
    }
    add(single, 'token', id, 'issued-token')
    if (signature !== null) single.push(this.#tables.hash.of('token', signature))
    if (text !== null) single.push(this.#digest(text))
    if (text !== null && otherSignature !== null) {
      single.push(this.#tables.hash.of('token', otherSignature))
      single.push(this.#digest(text.slice(0, text.lastIndexOf('.') + 1) + otherSignature))
    }
    add(single, 'key', key)
    add(single, 'api-key', apiKey)
    add(before, 'client', client)
    add(before, 'user', user)
    return new RevocationMarks(single, before, issuedAt)
  }

  denialMarks(names: readonly DeniedName[]): RevocationMarks {
    return new RevocationMarks(
      names.map(({ kind, name }) => this.#tables.hash.of(kind, name)),
      [],
      null,
    )
  }

  isDenied(marks: RevocationMarks): boolean {
    const { single, state } = this.#tables
    const { epoch } = state
    if (marks.epoch === epoch && !marks.revoked) return false
    marks.revoked = deniesOne(single, marks.single, tableTime(this.#clock.now()))
    marks.epoch = epoch
    return marks.revoked
  }

  isRevoked(marks: RevocationMarks): boolean {
    const { epoch } = this.#tables.state
    if (marks.epoch === epoch) return marks.revoked
    // The epoch was read first: what comes while the tables are looked at is looked for with the next request.
    marks.revoked = this.#isBarred(marks)
    marks.epoch = epoch
    return marks.revoked
  }

  revokeHere(entry: RevokedPlan): void {
    this.#own?.put(entry, ownSource, this.#time())
  }

  #isBarred({ single, before, issuedAt }: RevocationMarks): boolean {
    const tables = this.#tables
    if (holdsOne(tables.single, single)) return true
    for (const table of tables.revokedHere) if (holdsOne(table, single)) return true
    if (tables.before.entries === 0) return false
    const issued = issuedAt === Number.NEGATIVE_INFINITY ? 0 : tableTime(Math.floor(issuedAt) * 1000)
    for (let at = 0; at < before.length; at += hashWords) {
      if (tables.before.find(before[at]!, before[at + 1]!, before[at + 2]!) > issued) return true
    }
    return false
  }

  #digest(text: string): Int32Array {
    return this.#tables.hash.of('digest', crypto.hash('sha256', text, 'base64url'))
  }

  #issuer(name: string): Int32Array {
    const known = this.#issuers.get(name)
    if (known !== undefined) return known
    const words = this.#tables.hash.of('issuer', name)
    this.#issuers.set(name, words)
    return words
  }
}

/** Entries that bar credentials end when these have expired: whether one has ended makes no difference. */
function holdsOne(table: HashTable, hashes: Int32Array): boolean {
  if (table.entries === 0) return false
  for (let at = 0; at < hashes.length; at += hashWords) {
    if (table.has(hashes[at]!, hashes[at + 1]!, hashes[at + 2]!)) return true
  }
  return false
}

/** `now`: as a value. Who is denied until some time may come again then. */
function deniesOne(table: HashTable, hashes: Int32Array, now: number): boolean {
  if (table.entries === 0) return false
  for (let at = 0; at < hashes.length; at += hashWords) {
    if (table.find(hashes[at]!, hashes[at + 1]!, hashes[at + 2]!) >= now) return true
  }
  return false
}
