/** Path templates: `/pets/{id}.json` as segments of literals and parameters. */
import type { PathSegment } from '../../contract/plan/operation.ts'
import { canonicalPathText, hasDotSegment } from './path-text.ts'

export type PathTemplate =
  | {
      readonly kind: 'template'
      readonly segments: readonly PathSegment[]
      readonly parameters: ReadonlySet<string>
      /** Whether a literal holds `*`, which other gateways take for a wildcard. */
      readonly hasAsterisk: boolean
    }
  | { readonly kind: 'refused'; readonly code: 'invalid-path' | 'path-with-fragment' | 'path-with-query'; readonly problem: string }

/** Characters; a longer request target is hardly let in. */
const maximumLength = 4096

/** Reads the key of a Path Item. Empty segments and a trailing slash count, as they do in a request. */
export function parsePathTemplate(template: string): PathTemplate {
  const end = template.search(/[?#]/)
  if (end !== -1 && template[end] === '#') return { kind: 'refused', code: 'path-with-fragment', problem: 'has a fragment' }
  if (end !== -1) return { kind: 'refused', code: 'path-with-query', problem: 'has a query' }
  if (template.length > maximumLength) return invalid(`has over ${maximumLength} characters`)
  if (!template.startsWith('/')) return invalid('must begin with a slash')
  const parameters = new Set<string>()
  const segments: PathSegment[] = []
  const shapes: string[] = []
  for (const text of template.slice(1).split('/')) {
    const segment = parseSegment(text, parameters)
    if ('problem' in segment) return invalid(segment.problem)
    segments.push(segmentOf(segment.literals))
    shapes.push(segment.literals.join('{}'))
  }
  if (hasDotSegment(`/${shapes.join('/')}`)) return invalid('holds a dot segment, and no request for it is let in')
  return { kind: 'template', segments, parameters, hasAsterisk: template.replace(/\{[^{}]*\}/g, '').includes('*') }
}

/** The canonical literals of a segment, with a parameter between each two of them. */
function parseSegment(text: string, parameters: Set<string>): { readonly literals: readonly string[] } | { readonly problem: string } {
  const literals = ['']
  for (const [part, name] of text.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (part === '{' || part === '}') return { problem: 'has a brace without its counterpart in the same segment' }
    if (name === undefined) {
      const literal = canonicalPathText(part)
      if (literal.kind === 'refused') return { problem: `cannot be requested: ${literal.problem}` }
      literals[literals.length - 1] = literal.text
      continue
    }
    if (name === '') return { problem: 'has a parameter without a name' }
    if (literals.length > 1 && literals.at(-1) === '') {
      return { problem: 'has two parameters with nothing between them: nobody can say where the first one ends' }
    }
    parameters.add(name)
    literals.push('')
  }
  return { literals }
}

function segmentOf(literals: readonly string[]): PathSegment {
  if (literals.length === 1) return { kind: 'literal', text: literals[0] ?? '' }
  return literals.length === 2 && literals.join('') === '' ? { kind: 'parameter' } : { kind: 'pattern', literals }
}

function invalid(problem: string): PathTemplate {
  return { kind: 'refused', code: 'invalid-path', problem }
}
