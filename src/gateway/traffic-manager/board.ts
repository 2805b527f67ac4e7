/**
 * What a Traffic Manager has said that holds until it says otherwise: key templates, who is blocked, and lists of conditions that decisions
 * name. The thread that hears it writes; every thread has it ready in the form in which requests are held against it.
 */
import { callerBits } from '../feeds/networks.ts'
import { unknownAddress } from '../listener/client-address.ts'
import { type ConditionGroup, holdsFor, isWithin } from './condition-list.ts'
import type { AddressSpan, Block } from './notice.ts'
import { SharedText } from './shared-text.ts'

/** `name`: which part of a key's requests it is for: `default`, those for whom none of the groups holds, or `condition_0`. */
export type ConditionList = { readonly id: string; readonly name: string; readonly groups: readonly ConditionGroup[] }

export type Written = {
  readonly templates: readonly string[]
  readonly blocks: readonly Block[]
  readonly lists: readonly ConditionList[]
}

type NamedKind = Exclude<Block['kind'], 'address'>

/** Bytes of all of it as JSON. */
const mostBytes = 4 * 1024 * 1024

/** What a thread knows of it. */
export class Standing {
  /** Differs for each. */
  readonly version: number
  readonly written: Written
  readonly templates: readonly string[]
  readonly lists: readonly ConditionList[]
  readonly blocksAnybody: boolean
  readonly #named: Readonly<Record<NamedKind, ReadonlySet<string>>>
  readonly #addresses: readonly AddressSpan[]

  constructor(written: Written, version: number) {
    const { templates, blocks, lists } = written
    const named = (kind: NamedKind): ReadonlySet<string> => new Set(blocks.flatMap((block) => (block.kind === kind ? [block.value] : [])))
    this.version = version
    this.written = written
    this.templates = templates
    this.lists = lists
    this.blocksAnybody = blocks.length > 0
    this.#named = { api: named('api'), application: named('application'), user: named('user'), custom: named('custom') }
    this.#addresses = blocks.flatMap((block) => (block.kind === 'address' ? [block] : []))
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
    if (this.#addresses.length === 0) return false
    // It may be any of them.
    if (address === unknownAddress) return true
    const bits = callerBits(address)
    return this.#addresses.some((span) => isWithin(span, bits))
  }

  /** Which lists a request from this address is among; all of them where nobody can tell the address. */
  listsFor(address: string): readonly ConditionList[] {
    if (this.lists.length === 0 || address === unknownAddress) return this.lists
    const bits = callerBits(address)
    return this.lists.filter(({ name, groups }) => holdsFor(groups, bits) !== (name === 'default'))
  }
}

export class Board {
  readonly #text: SharedText
  #standing: Standing = new Standing({ templates: [], blocks: [], lists: [] }, 0)

  constructor(buffer: SharedArrayBuffer) {
    this.#text = new SharedText(buffer)
  }

  static make(): SharedArrayBuffer {
    return SharedText.make(mostBytes)
  }

  get standing(): Standing {
    if (this.#text.version === this.#standing.version) return this.#standing
    const read = this.#text.read()
    if (read !== null) this.#standing = new Standing(JSON.parse(read.text) as Written, read.version)
    return this.#standing
  }

  /** For the one writer. False where it is too much. */
  write(written: Written): boolean {
    return this.#text.write(JSON.stringify(written))
  }
}
