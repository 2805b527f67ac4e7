/**
 * Hears a Traffic Manager, in one thread for all: its topic for what it decides, and each time that it is listened to anew, its lists of key
 * templates and of who is blocked. What comes while the lists are read counts after them.
 */
import type { AmqpTarget } from '../amqp/amqp-address.ts'
import { followTopic, type Topic, type TopicMessage } from '../amqp/follow-topic.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { Clock } from '../clock.ts'
import { Backoff, pause } from '../feeds/backoff.ts'
import { topicValues } from '../feeds/topic-values.ts'
import type { Board, ConditionList } from './board.ts'
import { readConditions } from './condition-list.ts'
import type { Decisions } from './decisions.ts'
import type { Hearing } from './hearing.ts'
import type { Block, Notice } from './notice.ts'
import { readBlocks, readNotice, readTemplates } from './notice.ts'

export type FollowerParts = {
  readonly target: AmqpTarget
  readonly topic: Topic
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
  /** A message makes no sense. */
  readonly rejected: () => void
}

/** Templates, blocks and lists of conditions that are kept; messages that may come while the lists are read. */
const mostTemplates = 100
const mostBlocks = 10_000
const mostLists = 64
const mostPending = 10_000

/** Milliseconds between two looks for decisions that have ended. */
const sweepEvery = 30_000

export class Follower {
  readonly #parts: FollowerParts
  #templates: Set<string> = new Set()
  #blocks: Map<string, Block> = new Map()
  readonly #lists: ConditionList[] = []
  /** Which subscription it is; lists that were asked for another one are nobody's. */
  #turn: number = 0
  /** When the topic was subscribed to; the lists are being read. `null` when they are there. */
  #loading: { readonly since: number; readonly pending: Notice[] } | null = null
  /** More are blocked than there is room for. */
  #tooMany: boolean = false
  #sweptAt: number

  constructor(parts: FollowerParts) {
    this.#parts = parts
    this.#sweptAt = parts.clock.monotonic()
    const { templates, blocks, lists } = parts.board.standing.written
    this.#take(templates, blocks)
    this.#lists.push(...lists)
  }

  /** Until `ended`. Never rejects. */
  async follow(ended: AbortSignal): Promise<void> {
    const { target, topic, clock } = this.#parts
    const listener = {
      subscribed: (time: number) => void this.#load(time, ended),
      received: (message: TopicMessage) => this.#received(message),
      confirm: (time: number) => this.#confirm(time),
      failed: (problem: string) => this.#failed(problem),
    }
    await followTopic(target, topic, listener, clock, ended)
  }

  async #load(since: number, ended: AbortSignal): Promise<void> {
    const { list, tenant, changed, problemOf, rejected, hearing } = this.#parts
    const turn = ++this.#turn
    const loading = { since, pending: [] }
    this.#loading = loading
    const backoff = new Backoff()
    for (; turn === this.#turn && !ended.aborted; await pause(backoff.next(), ended)) {
      try {
        const templates = readTemplates(await list('keyTemplates'), rejected)
        const blocks = readBlocks(await list('block'), tenant, rejected)
        if (turn !== this.#turn || ended.aborted) return
        if (templates === undefined || blocks === undefined) throw new ServiceError('protocol')
        this.#take(templates, blocks)
        this.#loading = null
        for (const notice of loading.pending) this.#apply(notice)
        this.#publish()
        hearing.heard(since)
        return changed(null)
      } catch (error) {
        if (turn !== this.#turn || ended.aborted) return
        this.#parts.hearing.lost()
        changed(`its lists: ${problemOf(error)}`)
      }
    }
  }

  #received({ body, contentType, headers }: TopicMessage): void {
    for (const value of topicValues(body, contentType, headers)) {
      const notice = readNotice(value, this.#parts.tenant)
      if (notice === undefined) this.#parts.rejected()
      else if (notice !== 'other') this.#heard(notice)
    }
  }

  #heard(notice: Notice): void {
    const pending = this.#loading?.pending
    // Decisions are in no list.
    if (notice.kind === 'decision' || pending === undefined) {
      if (this.#apply(notice)) this.#publish()
    } else if (pending.length < mostPending) pending.push(notice)
    else this.#parts.rejected()
  }

  /** Whether the board is another one by it. */
  #apply(notice: Notice): boolean {
    switch (notice.kind) {
      case 'decision':
        return this.#decide(notice)
      case 'template':
        if (notice.holds && this.#templates.size < mostTemplates) this.#templates.add(notice.template)
        else if (notice.holds) this.#parts.rejected()
        else this.#templates.delete(notice.template)
        return true
      case 'block':
        if (notice.holds && this.#blocks.size < mostBlocks) this.#blocks.set(identityOf(notice.block), notice.block)
        else if (notice.holds) this.#tooManyBlocked()
        else this.#blocks.delete(identityOf(notice.block))
        return true
    }
  }

  /** Keys may be named after callers: what stands behind one is looked at where conditions say that it was put there. */
  #decide({ key, until, conditions }: Extract<Notice, { kind: 'decision' }>): boolean {
    const [, base = key, name = 'default'] = /^(.+)_(default|condition_\d{1,4})$/s.exec(key) ?? []
    if (until === 0) {
      for (const { id, name: part } of this.#lists) if (part === name) this.#set(partKey(id, base), 0)
      this.#set(partKey(everybody, base), 0)
      this.#set(key, 0)
      return false
    }
    if (conditions === null) {
      this.#set(key, until)
      return false
    }
    const lists = this.#lists.length
    this.#set(partKey(this.#listOf(conditions, name)?.id ?? everybody, base), until)
    return this.#lists.length !== lists
  }

  /** Undefined where it cannot be read, or there are too many: then the key is throttled for everybody. */
  #listOf(encoded: string, name: string): ConditionList | undefined {
    const id = this.#parts.decisions.idOf(`${name}:${encoded}`)
    const known = this.#lists.find((list) => list.id === id)
    if (known !== undefined) return known
    const groups = readConditions(encoded)
    if (groups === null || this.#lists.length >= mostLists) {
      this.#parts.rejected()
      return undefined
    }
    const list = { id, name, groups }
    this.#lists.push(list)
    return list
  }

  #set(key: string, until: number): void {
    const { decisions, hearing } = this.#parts
    if (!decisions.set(key, until)) hearing.full = true
    hearing.advance()
  }

  /** Until its lists are read again. */
  #tooManyBlocked(): void {
    this.#tooMany = true
    this.#parts.hearing.full = true
  }

  #take(templates: readonly string[], blocks: readonly Block[]): void {
    this.#templates = new Set(templates.slice(0, mostTemplates))
    this.#blocks = new Map(blocks.slice(0, mostBlocks).map((block) => [identityOf(block), block]))
    this.#tooMany = false
    if (blocks.length > mostBlocks || templates.length > mostTemplates) this.#tooManyBlocked()
  }

  #publish(): void {
    const written = { templates: [...this.#templates], blocks: [...this.#blocks.values()], lists: this.#lists }
    if (!this.#parts.board.write(written)) this.#tooManyBlocked()
    this.#parts.hearing.advance()
  }

  #confirm(time: number): void {
    if (this.#loading === null) this.#parts.hearing.heard(time)
    const { clock, decisions, hearing } = this.#parts
    if (clock.monotonic() - this.#sweptAt < sweepEvery) return
    this.#sweptAt = clock.monotonic()
    void decisions
      .sweep(() => clock.now())
      .then(() => {
        hearing.full = this.#tooMany
      })
  }

  #failed(problem: string): void {
    this.#turn++
    this.#parts.hearing.lost()
    this.#parts.changed(problem)
  }
}

/** In the place of a list of conditions that could not be read. */
export const everybody = 'everybody'

/** Under which a decision is kept that is about some of a key's requests. */
export function partKey(list: string, base: string): string {
  return `${list} ${base}`
}

/** Of two that say the same, one is enough; addresses are taken back by their ids. */
function identityOf(block: Block): string {
  return block.kind === 'address' ? `address ${block.id}` : `${block.kind} ${block.value}`
}
