/**
 * Finds routes that cross: some requests fit both, and neither is more concrete everywhere, as in `/a/{x}` and `/{y}/b`. Routes are
 * kept in a tree by their segments, so that a route is compared only with those that share its beginning.
 */
import type { Method } from '../../contract/plan/method.ts'
import { type Route, routeText, type SegmentShape, segmentText } from './routes.ts'
import { covers, overlap } from './segments.ts'

type Node = { readonly shape: SegmentShape; readonly children: Map<string, Node>; readonly templated: Set<Node>; route: Route | null }

/** A new route beside one branch of the tree, up to some segment. */
type Comparison = {
  readonly node: Node
  readonly depth: number
  readonly newIsMoreConcrete: boolean
  readonly oldIsMoreConcrete: boolean
  /** The narrower of the two segments here; `null` where neither is. */
  readonly narrower: SegmentShape | null
  readonly before: Comparison | null
}

/** Thousands of routes that nearly all cross one another are no honest definition: looking on would only take time. */
const mostComparisons = 1_000_000

export type Crossings = {
  /** Each route that crosses an earlier one for which `matters` holds, with the first of those that is found. */
  readonly found: ReadonlyMap<Route, Route>
  /** The first route that was not compared with all before it, as there are too many that nearly cross. */
  readonly givenUpAt: Route | null
}

export function findCrossings(routes: Iterable<Route>, matters: (route: Route, earlier: Route) => boolean): Crossings {
  const all = [...routes]
  const texts = new Set(all.map(routeText))
  const roots = new Map<Method, Node>()
  const crossings = new Map<Route, Route>()
  let left = mostComparisons
  let givenUpAt: Route | null = null

  const crossed = (route: Route, comparison: Comparison): Route | null => {
    const earlier = comparison.node.route
    if (earlier === null || !comparison.newIsMoreConcrete || !comparison.oldIsMoreConcrete || !matters(route, earlier)) return null
    // A third route that matches just what both match takes those requests from the two.
    const common = commonSegments(comparison)
    return common !== null && texts.has(routeText({ ...route, segments: common })) ? null : earlier
  }

  const search = (route: Route, root: Node): Route | null => {
    const open = [startAt(root)]
    for (let comparison = open.pop(); comparison !== undefined; comparison = open.pop()) {
      const segment = route.segments[comparison.depth]
      if (segment === undefined) {
        const found = crossed(route, comparison)
        if (found !== null) return found
        continue
      }
      for (const child of candidates(comparison.node, segment)) {
        if (left-- <= 0) {
          givenUpAt ??= route
          return null
        }
        if (overlap(segment, child.shape)) open.push(advance(comparison, segment, child))
      }
    }
    return null
  }

  for (const route of all) {
    const root = roots.get(route.operation.method) ?? emptyNode([])
    roots.set(route.operation.method, root)
    const earlier = search(route, root)
    if (earlier !== null) crossings.set(route, earlier)
    insert(root, route)
  }
  return { found: crossings, givenUpAt }
}

function startAt(node: Node): Comparison {
  return { node, depth: 0, newIsMoreConcrete: false, oldIsMoreConcrete: false, narrower: null, before: null }
}

function advance(before: Comparison, segment: SegmentShape, node: Node): Comparison {
  const oldIsCovered = covers(segment, node.shape)
  const newIsCovered = covers(node.shape, segment)
  return {
    node,
    depth: before.depth + 1,
    newIsMoreConcrete: before.newIsMoreConcrete || !oldIsCovered,
    oldIsMoreConcrete: before.oldIsMoreConcrete || !newIsCovered,
    narrower: oldIsCovered ? node.shape : newIsCovered ? segment : null,
    before,
  }
}

/** The segments of the template that matches what both match; `null` where no template does. */
function commonSegments(last: Comparison): readonly SegmentShape[] | null {
  const segments: SegmentShape[] = []
  for (let at: Comparison = last; at.before !== null; at = at.before) {
    if (at.narrower === null) return null
    segments.push(at.narrower)
  }
  return segments.reverse()
}

/** The branches in which requests for the segment can be: all of them only where the segment is templated. */
function* candidates(node: Node, segment: SegmentShape): Generator<Node> {
  if (segment.length > 1) {
    yield* node.children.values()
    return
  }
  const same = node.children.get(segmentText(segment))
  if (same !== undefined) yield same
  yield* node.templated
}

function insert(root: Node, route: Route): void {
  let node = root
  for (const segment of route.segments) {
    const text = segmentText(segment)
    let child = node.children.get(text)
    if (child === undefined) {
      child = emptyNode(segment)
      node.children.set(text, child)
      if (segment.length > 1) node.templated.add(child)
    }
    node = child
  }
  node.route ??= route
}

function emptyNode(shape: SegmentShape): Node {
  return { shape, children: new Map(), templated: new Set(), route: null }
}
