/**
 * Many scenarios from one seed, played on gateways in turn. What goes on in scenario n of a seed is always the same; in which order peers
 * get to it is not.
 */
import { Random } from '../random.ts'

export type Player = {
  /** What went wrong; null when nothing did. `prefix` is unlike that of any other scenario. */
  play(random: Random, prefix: string): Promise<string | null>
  stop(): Promise<void>
}

export type PlayFailure = { readonly index: number; readonly wrong: string }

/** Goes on from scenario `first` until `enough` says so, or a scenario has failed. */
export async function runPlays(
  players: readonly Player[],
  seed: number,
  enough: (scenarios: number) => boolean,
  first: number = 0,
): Promise<{ readonly scenarios: number; readonly failures: readonly PlayFailure[] }> {
  const failures: PlayFailure[] = []
  let index = first
  for (; !enough(index - first) && failures.length === 0; index++) {
    const wrong = await players[index % players.length]!.play(new Random(seed + Math.imul(index, 0x9e3779b1)), String(index))
    if (wrong !== null) failures.push({ index, wrong })
  }
  for (const player of players) await player.stop()
  return { scenarios: index - first, failures }
}
