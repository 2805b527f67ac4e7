/** What became of one test. */
export type Outcome =
  | { readonly kind: 'passed'; readonly test: string }
  | { readonly kind: 'failed'; readonly test: string; readonly expected: string; readonly found: string }
  /** `why` is the same text for the same reason, so that it can be counted. */
  | { readonly kind: 'not-tried'; readonly test: string; readonly why: string }

/** Of one operation, or of the whole gateway. */
export type Tested = {
  /** `null`: the whole gateway. */
  readonly operation: {
    readonly api: string
    readonly id: string
    readonly method: string
    readonly template: string
    readonly at: string
  } | null
  readonly outcomes: readonly Outcome[]
}
