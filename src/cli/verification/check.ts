/** What `postern verify` finds out, one thing at a time. */

export type Check = {
  readonly name: string
  /** `not-asked`: nothing was held against it; what passes without it is whole, and may be anybody's. */
  readonly outcome: 'passed' | 'failed' | 'not-asked'
  readonly detail: string
}

export function passed(name: string, detail: string): Check {
  return { name, outcome: 'passed', detail }
}

export function failed(name: string, detail: string): Check {
  return { name, outcome: 'failed', detail }
}

export function notAsked(name: string, detail: string): Check {
  return { name, outcome: 'not-asked', detail }
}
