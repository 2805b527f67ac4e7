import type { Sample } from './sample.ts'
import type { Sent } from './send.ts'

export type Outcome = {
  readonly sent: Sent
  /** While traffic was sent. */
  readonly samples: readonly Sample[]
  /** Before the first client came. */
  readonly before: Sample
  /** After the last client had left and the backends' connections had had their time. */
  readonly after: Sample
  /** Lines of the gateway's log at level warn or error. */
  readonly complaints: readonly string[]
}

export type Judgement = { readonly what: string; readonly figure: string; readonly bound: string; readonly holds: boolean }

/** The client did not keep up, so that the load was less than was asked for. */
export const leftOutActions = 'actions left out because the load was too much'

/** Below this the compilers of the run time and the pools are still growing, and a slope says nothing. */
const fewestMinutes = 10

/** What memory may grow by over the second half: what is left of noise after a straight line through it. */
const mostGrowth = 8e6

export function judge({ sent, samples, before, after, complaints }: Outcome): readonly Judgement[] {
  const judgements = [
    atMost('wrong answers', sent.wrongCount, 0),
    atMost(leftOutActions, sent.leftOut, 0),
    atMost('warnings and errors in the log', complaints.length, 0),
    atMost('requests in flight when all clients have left', after.inFlight, 0),
    atMost('client connections when all clients have left', after.clientConnections, 0),
    atMost('descriptors when all clients have left', after.descriptors, before.descriptors),
  ]
  const minutes = (samples.at(-1)?.seconds ?? 0) / 60
  if (minutes < fewestMinutes) return judgements
  const late = samples.slice(samples.length >> 1)
  return [
    ...judgements,
    flat('resident memory', late, ({ memory }) => memory),
    flat('heap', late, ({ heapUsed }) => heapUsed),
    flat('memory outside the heap', late, ({ external }) => external),
  ]
}

function atMost(what: string, value: number, bound: number): Judgement {
  return { what, figure: String(value), bound: String(bound), holds: value <= bound }
}

function flat(what: string, samples: readonly Sample[], value: (sample: Sample) => number): Judgement {
  const growth = growthOf(samples.map((sample) => [sample.seconds, value(sample)]))
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`
  return {
    what: `growth of ${what} over the second half`,
    figure: megabytes(growth),
    bound: megabytes(mostGrowth),
    holds: growth <= mostGrowth,
  }
}

/** How much a straight line through the points rises from the first to the last (least squares). */
export function growthOf(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const middle = mean(points.map(([x]) => x))
  const level = mean(points.map(([, y]) => y))
  const spread = points.reduce((sum, [x]) => sum + (x - middle) ** 2, 0)
  const slope = points.reduce((sum, [x, y]) => sum + (x - middle) * (y - level), 0) / spread
  return slope * ((points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0))
}
