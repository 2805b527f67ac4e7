/** What the router should find, said in the plainest way: try every template with a regular expression, and compare those that match. */

/** The template for `path`, undefined where none matches, `ambiguous` where the rules prefer none of several. */
export function matchSlowly(templates: readonly string[], path: string): string | undefined {
  const matching = templates.filter((template) => expression(template).test(path)).toSorted(compare)
  const [best, next] = matching
  return best !== undefined && next !== undefined && compare(best, next) === 0 ? 'ambiguous' : best
}

function expression(template: string): RegExp {
  return new RegExp(
    // An escape is one character.
    `^${template.replace(/\{\w+\}|[^{]/g, (part) => (part.length > 1 ? '(?:%..|[^/%])+' : part.replace(/[.\-*+?^$()|[\]\\]/, '\\$&')))}$`,
  )
}

/** Segment by segment: a literal goes first, then what has more literal text, then a plain parameter. */
function compare(a: string, b: string): number {
  const others = b.split('/')
  for (const [index, segment] of a.split('/').entries()) {
    const difference = rank(segment) - rank(others[index] ?? '')
    if (difference !== 0) return difference
    // Two patterns of one weight: the router takes the one that it met first, and a checked project has no such pair.
    if (shape(segment) !== shape(others[index] ?? '')) return 0
  }
  return 0
}

function rank(segment: string): number {
  if (!segment.includes('{')) return -1000
  return /^\{\w+\}$/.test(segment) ? 1000 : -segment.replaceAll(/\{\w+\}/g, '').length
}

function shape(segment: string): string {
  return segment.replaceAll(/\{\w+\}/g, '{}')
}
