/** What the two parsers build: nodes that keep an offset, and compute their place when they are asked for it. */
import { escapeStep } from './json-pointer.ts'
import type { Location } from './location.ts'
import type { ArrayNode, ObjectEntry, ObjectNode, ScalarNode, SourceNode } from './source-node.ts'
import type { SourceText } from './source-text.ts'

export type LocatedNode = LocatedObject | LocatedArray | LocatedScalar

/** Where a value stands: under which key or index of which parent, and at which offset of which text. */
export type Spot = {
  readonly source: SourceText
  readonly parent: LocatedObject | LocatedArray | null
  readonly step: string
  readonly offset: number
}

abstract class Located {
  readonly parent: LocatedObject | LocatedArray | null
  readonly step: string
  readonly offset: number
  readonly source: SourceText

  constructor(spot: Spot) {
    this.parent = spot.parent
    this.step = spot.step
    this.offset = spot.offset
    this.source = spot.source
  }

  get file(): string {
    return this.source.file
  }

  get at(): Location {
    return this.source.locate(this.offset, pointerOf(this))
  }
}

export class LocatedObject extends Located implements ObjectNode {
  readonly kind = 'object'
  readonly entries = new Map<string, LocatedEntry>()
}

export class LocatedArray extends Located implements ArrayNode {
  readonly kind = 'array'
  readonly items: LocatedNode[] = []
}

export class LocatedScalar extends Located implements ScalarNode {
  readonly kind = 'scalar'
  readonly value: string | number | boolean | null
  readonly #end: number

  /** @param end offset behind the value. */
  constructor(spot: Spot, value: string | number | boolean | null, end: number) {
    super(spot)
    this.value = value
    this.#end = end
  }

  get text(): string {
    return typeof this.value === 'string' ? this.value : this.source.content.slice(this.offset, this.#end)
  }
}

/** The value may stand elsewhere than its key: a YAML alias. */
export class LocatedEntry implements ObjectEntry {
  readonly value: LocatedNode
  readonly #owner: LocatedObject
  readonly #key: string
  readonly #offset: number

  constructor(owner: LocatedObject, key: string, offset: number, value: LocatedNode) {
    this.value = value
    this.#owner = owner
    this.#key = key
    this.#offset = offset
  }

  get keyAt(): Location {
    return this.#owner.source.locate(this.#offset, pointerBelow(this.#owner, this.#key))
  }
}

/** The pointer of a member, also while it is still being read. */
export function pointerBelow(parent: SourceNode | null, step: string): string {
  return parent === null ? '#' : `${pointerOf(parent)}/${pointerStep(step)}`
}

function pointerOf(node: { readonly parent: SourceNode | null; readonly step: string }): string {
  const steps: string[] = []
  for (let at = node; at.parent !== null; at = at.parent) steps.push(pointerStep(at.step))
  return ['#', ...steps.reverse()].join('/')
}

/** A key can be as long as its file, and a report can name it a thousand times. */
function pointerStep(step: string): string {
  return escapeStep(step.length > 500 ? `${step.slice(0, 500)}…` : step)
}
