/** Decisions that found no room: they wait for some, until they have ended. */

/** More are not kept: until the last of those has ended, it is not known who is throttled. */
const most = 10_000

export class WaitingDecisions {
  /** When each ends: milliseconds since the epoch. */
  readonly #ends: Map<string, number> = new Map()
  /** When the last one ends that was not kept. */
  #lostUntil: number = 0

  /** `until`: 0 where the key is throttled no more. */
  add(key: string, until: number): void {
    this.#ends.delete(key)
    if (until === 0) return
    if (this.#ends.size < most) this.#ends.set(key, until)
    else this.#lostUntil = Math.max(this.#lostUntil, until)
  }

  /** It has found room after all, or something else was decided about its key. */
  drop(key: string): void {
    this.#ends.delete(key)
  }

  /** `place` says whether there is room now. Returns whether none is waiting, or lost, any more. */
  placeAll(now: number, place: (key: string, until: number) => boolean): boolean {
    for (const [key, until] of this.#ends) if (until <= now || place(key, until)) this.#ends.delete(key)
    return this.#ends.size === 0 && this.#lostUntil <= now
  }
}
