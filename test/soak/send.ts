import { Random } from '../random.ts'
import type { Traffic, World } from './world.ts'

export type Wrong = { readonly traffic: string; readonly what: string }

export type Sent = {
  /** How many actions of each kind were begun. */
  readonly counts: ReadonlyMap<string, number>
  /** The first of what went wrong, and how much there was in all. */
  readonly wrongs: readonly Wrong[]
  readonly wrongCount: number
  /** Actions that were due while too many were unfinished, and were left out: the load was less than asked for. */
  readonly leftOut: number
}

/** Milliseconds that an action may take: longer than any bound of the gateway and of clients. */
const patience = 90_000
const mostUnfinished = 200
const mostWrongsKept = 20
const tickMilliseconds = 10

/** Begins actions at a fixed rate until the time is over, then waits for the last of them. */
export async function send(world: World, all: readonly Traffic[], rate: number, milliseconds: number): Promise<Sent> {
  const counts = new Map<string, number>(all.map(({ name }) => [name, 0]))
  const wrongs: Wrong[] = []
  let wrongCount = 0
  let leftOut = 0
  const unfinished = new Set<Promise<void>>()
  // Its own numbers: what the actions draw depends on how fast the answers come.
  const order = shuffled(new Random(world.random.below(2 ** 32)), all)
  const begin = (traffic: Traffic): void => {
    counts.set(traffic.name, (counts.get(traffic.name) ?? 0) + 1)
    const action = inTime(traffic.run(world))
      .catch((error: unknown) => {
        wrongCount++
        if (wrongs.length < mostWrongsKept)
          wrongs.push({ traffic: traffic.name, what: error instanceof Error ? error.message : String(error) })
      })
      .finally(() => unfinished.delete(action))
    unfinished.add(action)
  }
  const start = performance.now()
  for (let begun = 0, now = 0; now < milliseconds; now = performance.now() - start) {
    for (const due = (now / 1000) * rate; begun < due; begun++) {
      if (unfinished.size >= mostUnfinished) leftOut++
      else begin(order.next().value)
    }
    await new Promise((resolve) => setTimeout(resolve, tickMilliseconds))
  }
  await Promise.all(unfinished)
  return { counts, wrongs, wrongCount, leftOut }
}

/** What waits for something that never comes is wrong too, and says so. */
async function inTime(action: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end in ${patience} ms`)), patience)
  })
  try {
    await Promise.race([action, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Every kind as often as its weight says, then again in another order: none can be missed, however short the run. */
function* shuffled(random: Random, all: readonly Traffic[]): Generator<Traffic, never> {
  for (;;) {
    const deck = all.flatMap((traffic) => Array.from({ length: traffic.weight }, () => traffic))
    while (deck.length > 0) {
      const [drawn] = deck.splice(random.below(deck.length), 1)
      if (drawn !== undefined) yield drawn
    }
  }
}
