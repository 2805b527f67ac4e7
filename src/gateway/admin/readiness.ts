/** What those may say of whom readiness depends on. */
export type ReadinessConditions = {
  /** Names a condition that does not hold, and why, in words fit for a stranger: `listener`, `not listening yet`. */
  lacks(condition: string, why: string): void
  holds(condition: string): void
}

/** Whether requests should be sent here: a set of named conditions, all of which must hold. */
export class Readiness implements ReadinessConditions {
  readonly #missing: Map<string, string> = new Map()

  lacks(condition: string, why: string): void {
    this.#missing.set(condition, why)
  }

  holds(condition: string): void {
    this.#missing.delete(condition)
  }

  get ready(): boolean {
    return this.#missing.size === 0
  }

  /** Every condition that does not hold. */
  get missing(): readonly { readonly condition: string; readonly why: string }[] {
    return Array.from(this.#missing, ([condition, why]) => ({ condition, why }))
  }
}
