/**
 * Finds the operation for a canonical path: a tree of segments, so that the cost does not grow with the number of operations.
 * At each segment a literal goes before a pattern, and a pattern (the one with more literal text first) before a plain parameter;
 * where a choice leads nowhere the next is tried.
 */
import type { OperationPlan, PathSegment } from '../../contract/plan/operation.ts'

const percent = 0x25

/** Index of the operation for each method of one path template. */
export type RouteMethods<T> = { readonly byMethod: ReadonlyMap<string, T> /** For the Allow field. */; readonly allow: string }

type Pattern<T> = { readonly literals: readonly string[]; readonly weight: number; readonly node: Node<T> }

class Node<T> {
  readonly literals: Map<string, Node<T>> = new Map()
  readonly patterns: Pattern<T>[] = []
  /** The patterns' nodes by their literals, joined by NUL, which no canonical path holds. */
  readonly patternNodes: Map<string, Node<T>> = new Map()
  parameter: Node<T> | null = null
  operations: Map<string, T> | null = null
  methods: RouteMethods<T> | null = null
}

export class Router<T> {
  readonly #root: Node<T> = new Node()
  /** Templates without parameters are found at once. */
  readonly #whole: Map<string, RouteMethods<T>> = new Map()

  constructor(operations: readonly { readonly plan: Pick<OperationPlan, 'method' | 'path'>; readonly value: T }[]) {
    for (const { plan, value } of operations) {
      const node = plan.path.reduce((parent, segment) => childFor(parent, segment), this.#root)
      node.operations ??= new Map()
      node.operations.set(plan.method, value)
    }
    this.#finish(this.#root, '')
  }

  /** Methods of the path's template, or null when no template matches. */
  find(path: string): RouteMethods<T> | null {
    // `*` is not a path, and no template is to be found for it.
    return this.#whole.get(path) ?? (path.startsWith('/') ? search(this.#root, path, 0) : null)
  }

  #finish(node: Node<T>, literalPath: string | null): void {
    if (node.operations !== null) {
      node.methods = { byMethod: node.operations, allow: [...node.operations.keys()].sort().join(', ') }
      if (literalPath !== null) this.#whole.set(literalPath, node.methods)
    }
    node.patterns.sort((a, b) => b.weight - a.weight)
    for (const [text, child] of node.literals) this.#finish(child, literalPath === null ? null : `${literalPath}/${text}`)
    for (const pattern of node.patterns) this.#finish(pattern.node, null)
    if (node.parameter !== null) this.#finish(node.parameter, null)
  }
}

function childFor<T>(parent: Node<T>, segment: PathSegment): Node<T> {
  switch (segment.kind) {
    case 'literal': {
      const child = parent.literals.get(segment.text) ?? new Node<T>()
      parent.literals.set(segment.text, child)
      return child
    }
    case 'parameter':
      parent.parameter ??= new Node()
      return parent.parameter
    case 'pattern': {
      const text = segment.literals.join('\0')
      const known = parent.patternNodes.get(text)
      if (known !== undefined) return known
      const node = new Node<T>()
      parent.patternNodes.set(text, node)
      parent.patterns.push({ literals: segment.literals, weight: segment.literals.join('').length, node })
      return node
    }
  }
}

/** `start` is where a segment's `/` stands; the tree is visited at most once for each of its nodes, whatever the path. */
function search<T>(node: Node<T>, path: string, start: number): RouteMethods<T> | null {
  if (start === path.length) return node.methods
  const next = path.indexOf('/', start + 1)
  const end = next === -1 ? path.length : next
  const segment = path.slice(start + 1, end)
  const literal = node.literals.get(segment)
  if (literal !== undefined) {
    const found = search(literal, path, end)
    if (found !== null) return found
  }
  for (const pattern of node.patterns) {
    if (!fits(pattern.literals, segment)) continue
    const found = search(pattern.node, path, end)
    if (found !== null) return found
  }
  return node.parameter !== null && segment !== '' ? search(node.parameter, path, end) : null
}

/** Whether the segment is the literals in their order with at least one character between each two of them; an escape is one. */
function fits(literals: readonly string[], segment: string): boolean {
  const first = literals[0]!
  const last = literals[literals.length - 1]!
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false
  const limit = segment.length - last.length
  if (isInEscape(segment, limit)) return false
  let position = first.length
  for (let index = 1; index < literals.length - 1; index++) {
    const literal = literals[index]!
    let at = segment.indexOf(literal, position + 1)
    while (at !== -1 && isInEscape(segment, at)) at = segment.indexOf(literal, at + 1)
    if (at === -1 || at + literal.length > limit) return false
    position = at + literal.length
  }
  return position < limit
}

/** Whether an escape of the canonical path begins one or two characters before. */
function isInEscape(segment: string, position: number): boolean {
  return segment.charCodeAt(position - 1) === percent || segment.charCodeAt(position - 2) === percent
}
