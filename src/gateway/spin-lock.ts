/** A lock in a word of shared memory, for what takes about a microsecond: 0 is free, 1 is taken. */

/** Attempts before the thread sleeps, and milliseconds after which whoever holds it is taken for dead. */
const spins = 200
const deadline = 2_000

/** Returns with the lock: a thread that died with it has done what it could, and the lock is the caller's. */
export function takeLock(words: Int32Array, word: number): void {
  for (let spin = 0; spin < spins; spin++) if (Atomics.compareExchange(words, word, 0, 1) === 0) return
  for (let waited = 0; waited < deadline; waited++) {
    Atomics.wait(words, word, 1, 1)
    if (Atomics.compareExchange(words, word, 0, 1) === 0) return
  }
}

export function freeLock(words: Int32Array, word: number): void {
  Atomics.store(words, word, 0)
}
