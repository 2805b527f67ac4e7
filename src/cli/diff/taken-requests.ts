/**
 * Requests that one operation took in the old gateway and another one takes in the new: a path that is new may stand inside of one that was
 * there, and what is gone may leave its requests to one around it.
 */
import { type SegmentShape, segmentText, shapeOf } from '../../compiler/check/routes.ts'
import { covers, overlap } from '../../compiler/check/segments.ts'
import { parsePathTemplate } from '../../compiler/model/path-template.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import { routeOf } from './route-names.ts'

/** `refused`: the path of `by` is found first, and it has no such method. */
export type Taken = { readonly from: ManifestOperation; readonly by: ManifestOperation; readonly refused: boolean }

/** Pairs that are looked at; more are no honest change of a definition. */
const mostPairs = 10_000_000

/** `null` where there are too many paths to say. */
export function takenRequests(before: readonly ManifestOperation[], after: readonly ManifestOperation[]): readonly Taken[] | null {
  const [old, now] = [routes(before), routes(after)]
  const [known, left] = [names(old), names(now)]
  const added = now.filter(({ name }) => !known.has(name))
  const gone = old.filter(({ name }) => !left.has(name))
  const [buckets, laterBuckets] = [bucketed(old), bucketed(now)]
  const pairs = (routesOf: readonly Route[], others: ReadonlyMap<string, readonly Route[]>): number =>
    routesOf.reduce((sum, route) => sum + (others.get(route.bucket)?.length ?? 0), 0)
  if (pairs(added, buckets) + pairs(gone, laterBuckets) > mostPairs) return null
  return [
    // What is still there and narrower keeps its requests.
    ...added.flatMap((by) =>
      nearest(meeting(by, buckets), by)
        .filter((from) => !left.has(from.name) || !isAround(by, from))
        .map((from) => ({ from: from.operation, by: by.operation, refused: false })),
    ),
    ...refusals(added, old, now),
    // What was there before and is narrower had its requests already.
    ...gone.flatMap((from) =>
      nearest(meeting(from, laterBuckets), from)
        .filter((by) => known.has(by.name) && !isAround(from, by))
        .map((by) => ({ from: from.operation, by: by.operation, refused: false })),
    ),
  ]
}

type Route = {
  readonly operation: ManifestOperation
  readonly name: string
  /** Without the method, and without the names of parameters. */
  readonly path: string
  readonly segments: readonly SegmentShape[]
  /** Only routes of one bucket can meet. */
  readonly bucket: string
}

function routes(operations: readonly ManifestOperation[]): readonly Route[] {
  return operations.map((operation) => {
    const parsed = parsePathTemplate(operation.template)
    if (parsed.kind === 'refused') throw new Error(`a template that ${parsed.problem} is in a gateway`)
    const segments = parsed.segments.map(shapeOf)
    const path = segments.map(segmentText).join('/')
    return { operation, name: routeOf(operation), path, segments, bucket: `${operation.method} ${segments.length}` }
  })
}

/** A path that is new takes requests of every method, and refuses those whose method it does not have. */
function refusals(added: readonly Route[], old: readonly Route[], now: readonly Route[]): readonly Taken[] {
  const [oldPaths, present] = [
    new Set(old.map(({ path }) => path)),
    new Set(now.map(({ operation: { method }, path }) => `${method} ${path}`)),
  ]
  const left = names(now)
  const paths = new Map(added.filter(({ path }) => !oldPaths.has(path)).map((route) => [route.path, route]))
  const buckets = bucketed(old)
  return [...paths.values()].flatMap((by) =>
    methodsOf(old)
      .filter((method) => !present.has(`${method} ${by.path}`))
      .flatMap((method) => nearest(meeting({ ...by, bucket: `${method} ${by.segments.length}` }, buckets), by))
      .filter((from) => left.has(from.name) && !isAround(by, from))
      .map((from) => ({ from: from.operation, by: by.operation, refused: true })),
  )
}

function methodsOf(list: readonly Route[]): readonly ManifestOperation['method'][] {
  return [...new Set(list.map(({ operation }) => operation.method))]
}

function names(list: readonly Route[]): ReadonlySet<string> {
  return new Set(list.map(({ name }) => name))
}

function bucketed(list: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  return Map.groupBy(list, ({ bucket }) => bucket)
}

function meeting(route: Route, buckets: ReadonlyMap<string, readonly Route[]>): readonly Route[] {
  return (buckets.get(route.bucket) ?? []).filter((other) =>
    route.segments.every((segment, index) => overlap(segment, other.segments[index]!)),
  )
}

/** Without those that have a narrower one between themselves and the route: it takes the requests from them. */
function nearest(found: readonly Route[], route: Route): readonly Route[] {
  const between = found.filter((other) => isAround(other, route))
  return found.filter((other) => !between.some((inner) => inner !== other && isAround(other, inner)))
}

/** Every request that fits `inner` fits `outer`. */
function isAround(outer: Route, inner: Route): boolean {
  return outer.segments.every((segment, index) => covers(segment, inner.segments[index]!))
}
