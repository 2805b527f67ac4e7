/**
 * What a Traffic Manager has said that holds until it says otherwise, in the form in which requests are held against it: key templates, who is
 * blocked, and lists of conditions that decisions name.
 */
import { callerBits } from '../feeds/networks.ts'
import { unknownAddress } from '../listener/client-address.ts'
import { addressWords, readAddress } from '../listener/ip-address.ts'
import { AddressBlocks } from './address-blocks.ts'
import { type ConditionGroup, holdsFor } from './condition-list.ts'
import type { Block, Notice } from './notice.ts'

/** `name`: which part of a key's requests it is for: `default`, those for whom none of the groups holds, or `condition_0`. */
export type ConditionList = { readonly id: string; readonly name: string; readonly groups: readonly ConditionGroup[] }

/** That something holds, or does no more. */
export type Change =
  | Extract<Notice, { kind: 'template' | 'block' }>
  | { readonly kind: 'list'; readonly list: ConditionList; readonly holds: boolean }

/** The address that is read. */
const words = new Uint32Array(addressWords)

type NamedKind = Exclude<Block['kind'], 'address'>

export class Standing {
  /** Differs from what it was before whenever something has changed. */
  version: number
  /** Made once for what stands, and not with each request; `null` where something has changed. */
  #allTemplates: readonly string[] | null = null
  #allLists: readonly ConditionList[] | null = null
  readonly #templates: Set<string> = new Set()
  readonly #lists: Map<string, ConditionList> = new Map()
  readonly #blocks: Map<string, Block> = new Map()
  readonly #named: Readonly<Record<NamedKind, Set<string>>> = { api: new Set(), application: new Set(), user: new Set(), custom: new Set() }
  readonly #addresses: AddressBlocks = new AddressBlocks()

  constructor(version: number) {
    this.version = version
  }

  get templates(): readonly string[] {
    this.#allTemplates ??= [...this.#templates]
    return this.#allTemplates
  }

  get lists(): readonly ConditionList[] {
    this.#allLists ??= [...this.#lists.values()]
    return this.#allLists
  }

  /** How many blocks there are. */
  get blocked(): number {
    return this.#blocks.size
  }

  get blocksAnybody(): boolean {
    return this.#blocks.size > 0
  }

  /** What makes another one into this. */
  *changes(): Iterable<Change> {
    for (const template of this.#templates) yield { kind: 'template', template, holds: true }
    for (const list of this.#lists.values()) yield { kind: 'list', list, holds: true }
    for (const block of this.#blocks.values()) yield { kind: 'block', block, holds: true }
  }

  /** Whether what it is about is among what holds. */
  has(change: Change): boolean {
    switch (change.kind) {
      case 'template':
        return this.#templates.has(change.template)
      case 'list':
        return this.#lists.has(change.list.id)
      case 'block':
        return this.#blocks.has(identityOf(change.block))
    }
  }

  apply(change: Change): void {
    this.version++
    switch (change.kind) {
      case 'template':
        if (change.holds) this.#templates.add(change.template)
        else this.#templates.delete(change.template)
        this.#allTemplates = null
        break
      case 'list':
        if (change.holds) this.#lists.set(change.list.id, change.list)
        else this.#lists.delete(change.list.id)
        this.#allLists = null
        break
      case 'block':
        this.#applyBlock(change)
        break
    }
  }

  /** Whether anybody is blocked so, and names are worth looking for. */
  blocksSome(kind: NamedKind): boolean {
    return this.#named[kind].size > 0
  }

  blocks(kind: NamedKind, names: readonly string[]): boolean {
    const blocked = this.#named[kind]
    return blocked.size > 0 && names.some((name) => blocked.has(name))
  }

  blocksAddress(address: string): boolean {
    if (this.#addresses.isEmpty) return false
    // An address that nobody can tell may be any of them.
    return !readAddress(address, words, 0) || this.#addresses.includes(words)
  }

  /** Which lists a request from this address is among; all of them where nobody can tell the address. */
  listsFor(address: string): readonly ConditionList[] {
    if (this.#lists.size === 0 || address === unknownAddress) return this.lists
    const bits = callerBits(address)
    return this.lists.filter(({ name, groups }) => holdsFor(groups, bits) !== (name === 'default'))
  }

  #applyBlock({ block, holds }: Extract<Change, { kind: 'block' }>): void {
    const identity = identityOf(block)
    const before = this.#blocks.get(identity)
    if (before?.kind === 'address') this.#addresses.remove(before)
    if (holds) this.#blocks.set(identity, block)
    else this.#blocks.delete(identity)
    if (block.kind === 'address') {
      if (holds) this.#addresses.add(block)
    } else if (holds) this.#named[block.kind].add(block.value)
    else this.#named[block.kind].delete(block.value)
  }
}

/** Of two that say the same, one is enough; addresses are taken back by their ids. */
function identityOf(block: Block): string {
  return block.kind === 'address' ? `address ${block.id}` : `${block.kind} ${block.value}`
}
