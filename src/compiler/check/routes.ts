/** Routes as the router tells them apart: the method, and the whole path with its parameters' names forgotten. */
import type { PathSegment } from '../../contract/plan/operation.ts'
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import type { Operation } from '../model/types/operation.ts'
import { quoted } from './quoted.ts'

export type Route = { readonly api: Api; readonly operation: Operation; readonly segments: readonly SegmentShape[] }

/**
 * A segment as its literals, with a parameter (one or more characters) between each two of them: one literal is plain text, two
 * empty ones are a parameter that fills the segment.
 */
export type SegmentShape = readonly string[]

export function* routesOf(project: Project): Generator<Route> {
  for (const api of project.apis) {
    const base = api.basePath.value === '' ? [] : api.basePath.value.slice(1).split('/')
    for (const operation of api.operations) {
      yield { api, operation, segments: [...base.map((text) => [text]), ...operation.path.map(shapeOf)] }
    }
  }
}

export function shapeOf(segment: PathSegment): SegmentShape {
  switch (segment.kind) {
    case 'literal':
      return [segment.text]
    case 'parameter':
      return ['', '']
    case 'pattern':
      return segment.literals
  }
}

/** Two segments with the same text are the same to the router. NUL stands for a parameter: no canonical path holds it. */
export function segmentText(shape: SegmentShape): string {
  return shape.join('\0')
}

/** Two routes with the same text match the same requests. */
export function routeText({ operation, segments }: Route): string {
  return `${operation.method} /${segments.map(segmentText).join('/')}`
}

/** As a person would name it, and where it stands. */
export function describeRoute({ api, operation }: Route): string {
  const { method, template, at } = operation
  return `${quoted(`${method} ${api.basePath.value}${template}`)} (${at.file}:${at.line})`
}

/** What an API has in common with an earlier one, though one of a kind may be in a gateway. */
export type Sameness = 'title and version' | 'routes' | 'title, version and routes'

/** APIs that are there twice, each with the earlier one that it repeats. */
export function repeatedApis(project: Project): ReadonlyMap<Api, { readonly earlier: Api; readonly same: Sameness }> {
  const routes = new Map<Api, string[]>()
  for (const route of routesOf(project)) {
    const texts = routes.get(route.api)
    if (texts === undefined) routes.set(route.api, [routeText(route)])
    else texts.push(routeText(route))
  }
  const seen = new Map<string, Api>()
  const repeated = new Map<Api, { earlier: Api; same: Sameness }>()
  for (const api of project.apis) {
    const identities: { same: Sameness; text: string }[] = []
    if (api.title !== '') identities.push({ same: 'title and version', text: JSON.stringify([api.title, api.version]) })
    const texts = routes.get(api)
    if (texts !== undefined) identities.push({ same: 'routes', text: texts.toSorted().join('\n') })
    for (const { same, text } of identities) {
      const earlier = seen.get(text)
      if (earlier === undefined) seen.set(text, api)
      else if (!repeated.has(api)) repeated.set(api, { earlier, same })
      else if (repeated.get(api)?.earlier === earlier) repeated.set(api, { earlier, same: 'title, version and routes' })
    }
  }
  return repeated
}
