/**
 * Which operation of a gateway gets a request: the gateway's own routing told again, for explaining it. A test holds it against the
 * gateway's router.
 */
import { type SegmentShape, segmentText, shapeOf } from '../compiler/check/routes.ts'
import { covers } from '../compiler/check/segments.ts'
import { parsePathTemplate } from '../compiler/model/path-template.ts'
import { canonicalPathText, hasDotSegment } from '../compiler/model/path-text.ts'
import type { ManifestOperation } from '../contract/manifest/operation.ts'

export type Match =
  /** The gateway answers 400: the target can be read in more than one way, or leads elsewhere without its path parameters. */
  | { readonly kind: 'bad-target' }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'no-method'; readonly allow: readonly string[]; readonly template: string }
  | { readonly kind: 'operation'; readonly operation: ManifestOperation }

/** `path` as a client would send it; a query is left out of account. */
export function matchRequest(method: string, path: string, operations: readonly ManifestOperation[]): Match {
  const canonical = canonicalPath(path.replace(/\?.*$/s, ''))
  if (canonical === null) return { kind: 'bad-target' }
  const routes = operations.map((operation) => ({ operation, shapes: shapesOf(operation.template) }))
  const found = search(routes, canonical.slice(1).split('/'), 0)
  const [first] = found
  if (withoutParameters(canonical).some((other) => leadsElsewhere(search(routes, other.slice(1).split('/'), 0), first))) {
    return { kind: 'bad-target' }
  }
  if (first === undefined) return { kind: 'no-route' }
  const operation = found.find((candidate) => candidate.method === method)
  if (operation !== undefined) return { kind: 'operation', operation }
  return { kind: 'no-method', allow: found.map((candidate) => candidate.method).toSorted(), template: first.template }
}

type Route = { readonly operation: ManifestOperation; readonly shapes: readonly SegmentShape[] }

/** Operations of the template that the path belongs to: at each segment, literals are tried before patterns, and more text before less. */
function search(routes: readonly Route[], segments: readonly string[], index: number): readonly ManifestOperation[] {
  const segment = segments[index]
  if (segment === undefined) return routes.filter(({ shapes }) => shapes.length === index).map(({ operation }) => operation)
  const fitting = routes.flatMap((route) => {
    const shape = route.shapes[index]
    return shape !== undefined && covers(shape, [segment]) ? [{ route, shape }] : []
  })
  const choices = Map.groupBy(fitting, ({ shape }) => segmentText(shape))
  for (const choice of [...choices.values()].toSorted((a, b) => weight(b[0]!.shape) - weight(a[0]!.shape))) {
    const found = search(
      choice.map(({ route }) => route),
      segments,
      index + 1,
    )
    if (found.length > 0) return found
  }
  return []
}

/** The path as backends may read it that take path parameters away before or after they decode it. */
function withoutParameters(canonical: string): readonly string[] {
  return [canonical.replaceAll(/;[^/]*/g, ''), canonical.replaceAll(/(?:;|%3B)[^/]*/g, '')]
}

function leadsElsewhere([other]: readonly ManifestOperation[], first: ManifestOperation | undefined): boolean {
  return other !== undefined && other !== first
}

function weight(shape: SegmentShape): number {
  return shape.length === 1 ? Number.POSITIVE_INFINITY : shape.join('').length
}

function shapesOf(template: string): readonly SegmentShape[] {
  const parsed = parsePathTemplate(template)
  if (parsed.kind === 'refused') throw new Error(`a template that ${parsed.problem} is in a gateway`)
  return parsed.segments.map(shapeOf)
}

/** What the gateway makes of a path; `null` for one that it refuses. */
function canonicalPath(path: string): string | null {
  // The characters of pchar and `/` (RFC 3986 §3.3): a client encodes all others.
  if (!/^\/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*$/.test(path)) return null
  const canonical = canonicalPathText(path)
  return canonical.kind === 'refused' || hasDotSegment(canonical.text) ? null : canonical.text
}
