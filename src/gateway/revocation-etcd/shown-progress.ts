/** How far a watch has shown to have come, held against where etcd was. Times are monotonic milliseconds. */
export class ShownProgress {
  #due: { readonly time: number; readonly revision: number } | null = null

  /** At this time etcd was at this revision: the watch should show that it has come so far. What it owes already comes first. */
  expect(time: number, revision: number): void {
    this.#due ??= { time, revision }
  }

  /** Everything up to this revision has come. Returns as of when that is everything; `null` where that is nothing new. */
  reach(revision: number): number | null {
    if (this.#due === null || revision < this.#due.revision) return null
    const { time } = this.#due
    this.#due = null
    return time
  }

  /** Milliseconds for which it owes what it should show. */
  silence(now: number): number {
    return this.#due === null ? 0 : now - this.#due.time
  }
}
