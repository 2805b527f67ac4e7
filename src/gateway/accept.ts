/** What a client says that it would like (RFC 9110 §12.5.1). */

/** How much the client likes a media type: 0 to 1, by the most specific range that covers it. Everything is liked where nothing is said. */
export function quality(accept: string, type: string, subtype: string): number {
  if (accept === '') return 1
  let best = 0
  let bestSpecificity = 0
  for (const item of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = item.split(';')
    const specificity = coverage(range.trim(), type, subtype)
    if (specificity > bestSpecificity) {
      bestSpecificity = specificity
      best = weight(parameters)
    }
  }
  return best
}

/** 3 for the type itself, 2 for `type/*`, 1 for everything, 0 for a range that does not cover it. */
function coverage(range: string, type: string, subtype: string): number {
  if (range === `${type}/${subtype}`) return 3
  if (range === `${type}/*`) return 2
  return range === '*/*' ? 1 : 0
}

/** A weight that is not well-formed counts as none at all. */
function weight(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=')
    if (name.trim() === 'q') return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(value.trim()) ? Number(value) : 0
  }
  return 1
}
