/**
 * Hears a Traffic Manager, in one thread for all: its topic for what it decides, and each time that it is listened to anew, its lists of key
 * templates and of who is blocked. What comes while the lists are read counts after them.
 */
import type { TopicListener, TopicMessage } from '../amqp/follow-topic.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { Clock } from '../clock.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { topicValues } from '../feeds/topic-values.ts'
import type { Board } from './board.ts'
import { readConditions } from './condition-list.ts'
import type { Decisions } from './decisions.ts'
import type { Hearing } from './hearing.ts'
import type { Block, Notice } from './notice.ts'
import { readBlocks, readNotice, readTemplates } from './notice.ts'
import { everybody, partKey } from './part-keys.ts'
import type { Change } from './standing.ts'
import { WaitingDecisions } from './waiting-decisions.ts'

export type FollowerParts = {
  readonly tenant: string
  /** Gives the JSON that stands at `…/keyTemplates` or `…/block`. */
  readonly list: (name: 'keyTemplates' | 'block') => Promise<unknown>
  readonly clock: Clock
  readonly hearing: Hearing
  readonly decisions: Decisions
  readonly board: Board
  readonly problemOf: (error: unknown) => string
  /** It is not heard, and why; or it is heard again: `null`. */
  readonly changed: (problem: string | null) => void
  /** It says more than there is room for, and of what; or no more: `null`. */
  readonly crowded: (what: string | null) => void
  /** A message makes no sense. */
  readonly rejected: () => void
  readonly ended: AbortSignal
}

/** Templates, blocks and lists of conditions that are kept; messages that may come while the lists are read. */
const mostTemplates = 100
const mostBlocks = 10_000
const mostLists = 64
const mostPending = 10_000

/** Milliseconds between two looks for decisions that have ended. */
const sweepEvery = 30_000

/** Milliseconds for which a decision may be kept beyond its end. */
const endsLate = 1_000

/** `since`: when the topic was subscribed to. `overflowed`: more came than can be kept. */
type Loading = { readonly since: number; readonly pending: Change[]; overflowed: boolean }

export class Follower implements TopicListener {
  readonly #parts: FollowerParts
  /** When the last decision ends that names a list, by the list's id. Of those that another writer has left, nobody knows. */
  readonly #listEnds: Map<string, number> = new Map()
  /** Which reading of the lists it is; what another one has asked for is nobody's. */
  #turn: number = 0
  /** The lists are being read. `null` when they are there. */
  #loading: Loading | null = null
  /** More stands than there is room for. */
  #tooMany: boolean = false
  readonly #waiting: WaitingDecisions = new WaitingDecisions()
  #sweptAt: number

  constructor(parts: FollowerParts) {
    this.#parts = parts
    this.#sweptAt = parts.clock.monotonic()
  }

  /** What is published from this time on comes. The lists say what stood before. */
  subscribed(since: number): void {
    void this.#load({ since, pending: [], overflowed: false })
  }

  received({ body, contentType, headers }: TopicMessage): void {
    for (const value of topicValues(body, contentType, headers)) {
      const notice = readNotice(value, this.#parts.tenant)
      if (notice === undefined) this.#parts.rejected()
      else if (notice !== 'other') this.#heard(notice)
    }
  }

  confirm(time: number): void {
    const { clock, decisions, hearing } = this.#parts
    if (this.#loading === null) hearing.heard(time)
    if (clock.monotonic() - this.#sweptAt < sweepEvery) return
    this.#sweptAt = clock.monotonic()
    this.#dropEndedLists()
    // There may be room now.
    if (this.#tooMany && this.#loading === null) this.subscribed(time)
    void decisions.sweep(() => clock.now()).then(() => this.#makeRoom())
  }

  failed(problem: string): void {
    this.#turn++
    this.#parts.hearing.lost()
    this.#parts.changed(problem)
  }

  async #load(loading: Loading): Promise<void> {
    const { changed, problemOf, hearing, ended } = this.#parts
    const turn = ++this.#turn
    this.#loading = loading
    const backoff = new Backoff()
    for (; turn === this.#turn && !ended.aborted; await pause(backoff.next(), ended)) {
      // What is in the lists that are asked for now need not be kept beside them.
      if (loading.overflowed) loading.pending.length = 0
      loading.overflowed = false
      const problem = await this.#readLists(() => turn === this.#turn && !ended.aborted).catch(problemOf)
      if (turn !== this.#turn || ended.aborted) return
      if (problem === null && !loading.overflowed) {
        this.#loading = null
        hearing.heard(loading.since)
        return changed(null)
      }
      hearing.lost()
      changed(`its lists: ${problem ?? 'too many messages came while they were read'}`)
    }
  }

  /** `isWanted`: whether this reading still counts. Rejects where they cannot be read. */
  async #readLists(isWanted: () => boolean): Promise<null> {
    const { list, tenant, rejected, hearing } = this.#parts
    const templates = readTemplates(await list('keyTemplates'), rejected)
    const blocks = readBlocks(await list('block'), tenant, rejected)
    if (templates === undefined || blocks === undefined) throw new ServiceError('protocol')
    if (!isWanted()) return null
    this.#take(templates, blocks)
    for (const change of this.#loading?.pending ?? []) this.#change(change)
    hearing.advance()
    return null
  }

  #heard(notice: Notice): void {
    // Decisions are in no list.
    if (notice.kind === 'decision') return this.#decide(notice)
    const loading = this.#loading
    if (loading === null) this.#change(notice)
    else if (loading.pending.length < mostPending) loading.pending.push(notice)
    else loading.overflowed = true
  }

  #change(change: Change): void {
    const { board, hearing } = this.#parts
    const { standing } = board
    const isKnown = standing.has(change)
    if (!change.holds && !isKnown) return
    const isNew = change.holds && !isKnown
    const isFull = change.kind === 'block' ? standing.blocked >= mostBlocks : standing.templates.length >= mostTemplates
    if (isNew && change.kind !== 'list' && isFull) return this.#tooManyStand()
    if (!board.change(change)) this.#tooManyStand()
    hearing.advance()
  }

  /** Keys may be named after callers: what stands behind one is looked at where conditions say that it was put there. */
  #decide({ key, until, conditions }: Extract<Notice, { kind: 'decision' }>): void {
    const [, base = key, name = 'default'] = /^(.+)_(default|condition_\d{1,4})$/s.exec(key) ?? []
    if (until === 0) {
      for (const { id, name: part } of this.#parts.board.standing.lists) if (part === name) this.#set(partKey(id, base), 0)
      this.#set(partKey(everybody, base), 0)
      this.#set(key, 0)
    } else if (conditions === null) this.#set(key, until)
    else this.#set(partKey(this.#listOf(conditions, name, until), base), until)
  }

  /** Its id. Where it cannot be read, or there are too many, the key is throttled for everybody. */
  #listOf(encoded: string, name: string, until: number): string {
    const { board, decisions, rejected } = this.#parts
    const id = decisions.idOf(`${name}:${encoded}`)
    if (!board.standing.lists.some((list) => list.id === id)) {
      const groups = readConditions(encoded)
      if (groups !== null && board.standing.lists.length >= mostLists) this.#dropEndedLists()
      if (groups === null || board.standing.lists.length >= mostLists) {
        rejected()
        return everybody
      }
      this.#listEnds.set(id, until)
      this.#change({ kind: 'list', list: { id, name, groups }, holds: true })
    }
    const end = this.#listEnds.get(id)
    if (end !== undefined && end < until) this.#listEnds.set(id, until)
    return id
  }

  /** Those that no decision names any more. */
  #dropEndedLists(): void {
    const now = this.#parts.clock.now()
    for (const list of this.#parts.board.standing.lists) {
      if ((this.#listEnds.get(list.id) ?? Number.POSITIVE_INFINITY) + endsLate > now) continue
      this.#listEnds.delete(list.id)
      this.#change({ kind: 'list', list, holds: false })
    }
  }

  #set(key: string, until: number): void {
    const { decisions, hearing } = this.#parts
    if (decisions.set(key, until)) this.#waiting.drop(key)
    else {
      this.#waiting.add(key, until)
      this.#crowded('decisions')
    }
    hearing.advance()
  }

  /** For decisions that wait, now that others have ended. */
  #makeRoom(): void {
    const { clock, decisions, hearing, crowded } = this.#parts
    const areKnown = this.#waiting.placeAll(clock.now(), (key, until) => decisions.set(key, until))
    // What was placed counts before all is known.
    hearing.advance()
    if (!areKnown || this.#tooMany) return
    hearing.full = false
    crowded(null)
  }

  /** The lists are read again and again until there is room. */
  #tooManyStand(): void {
    this.#tooMany = true
    this.#crowded('blocks and key templates')
  }

  #crowded(what: string): void {
    this.#parts.hearing.full = true
    this.#parts.crowded(what)
  }

  #take(templates: readonly string[], blocks: readonly Block[]): void {
    const { board } = this.#parts
    const changes: readonly Change[] = [
      ...templates.slice(0, mostTemplates).map((template) => ({ kind: 'template', template, holds: true }) as const),
      ...board.standing.lists.map((list) => ({ kind: 'list', list, holds: true }) as const),
      ...blocks.slice(0, mostBlocks).map((block) => ({ kind: 'block', block, holds: true }) as const),
    ]
    this.#tooMany = false
    const fits = board.replace(changes)
    if (!fits || blocks.length > mostBlocks || templates.length > mostTemplates) this.#tooManyStand()
  }
}
