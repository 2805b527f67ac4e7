/** Many streams from one seed. Stream n of a seed is always the same, whatever went before it. */
import { Random } from '../random.ts'
import { Differential, splitsOf } from './differential.ts'
import { makeStream } from './generate.ts'
import { shrink } from './shrink.ts'

export type Campaign = {
  readonly streams: number
  /** Requests that both took, and found to be the same. */
  readonly agreed: number
  /** How often each reason for refusing what Node takes has come up. */
  readonly justified: ReadonlyMap<string, number>
  readonly failures: readonly Failure[]
}

export type Failure = {
  readonly seed: number
  readonly index: number
  readonly disagreement: string
  /** As short as it could be made, as a string literal. */
  readonly stream: string
}

/** Goes on until `enough` says so, or three streams have failed. */
export async function runCampaign(seed: number, enough: (streams: number) => boolean): Promise<Campaign> {
  const differential = await Differential.start()
  const justified = new Map<string, number>()
  const failures: Failure[] = []
  let agreed = 0
  let index = 0
  for (; !enough(index) && failures.length < 3; index++) {
    const random = new Random(seed + Math.imul(index, 0x9e3779b1))
    const stream = makeStream(random)
    const splits = splitsOf(random, stream)
    const verdict = await differential.check(stream, splits)
    agreed += verdict.agreed
    for (const reason of verdict.justified) justified.set(reason, (justified.get(reason) ?? 0) + 1)
    if (verdict.disagreement !== null) failures.push(await failureOf(differential, seed, index, stream, splits, verdict.disagreement))
  }
  await differential.stop()
  return { streams: index, agreed, justified, failures }
}

async function failureOf(
  differential: Differential,
  seed: number,
  index: number,
  stream: string,
  splits: readonly number[],
  disagreement: string,
): Promise<Failure> {
  const fails = async (text: string): Promise<boolean> => (await differential.check(text)).disagreement !== null
  if (!(await fails(stream)))
    return { seed, index, disagreement: `${disagreement} (when it is split at ${splits.join(', ')})`, stream: JSON.stringify(stream) }
  const smallest = await shrink(stream, fails)
  const { disagreement: why } = await differential.check(smallest)
  return { seed, index, disagreement: why ?? disagreement, stream: JSON.stringify(smallest) }
}
