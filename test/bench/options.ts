import { parseArgs } from 'node:util'

export type BenchOptions = {
  /** Those to run, each with its own number of rounds where it has one; `null`: all of them. */
  readonly series: ReadonlyMap<string, number | null> | null
  readonly peers: readonly string[] | null
  /** Measurements of each peer in each series. */
  readonly rounds: number
  /** Length of one measurement. */
  readonly seconds: number
  /** Requests a second while latencies are taken. */
  readonly rate: number
  /** File that receives the tables as Markdown. */
  readonly markdown: string | null
}

export const usage = (series: readonly string[], peers: readonly string[]): string => `npm run bench -- [options]

  --series <names>    of these, separated by commas: ${series.join(', ')};
                      policies:9 for another number of rounds in that one
  --peers <names>     of these, separated by commas: ${peers.join(', ')}
  --rounds <number>   measurements of each peer in each series (default 3)
  --seconds <number>  length of one measurement, whole seconds (default 1)
  --rate <number>     requests a second while latencies are taken (default 1000)
  --markdown <file>   also write the tables into this file, in place of its sections about the same series

Without options it takes about fifteen minutes. For figures that are kept: --rounds 5 --seconds 2.`

/** Throws with a message for the user when the words are not understood. */
export function readOptions(
  words: readonly string[],
  knownSeries: readonly string[],
  knownPeers: readonly string[],
): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      series: { type: 'string' },
      peers: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '1' },
      rate: { type: 'string', default: '1000' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    series: seriesWithRounds(values.series, knownSeries),
    peers: names('--peers', values.peers, knownPeers),
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    rate: positive('--rate', values.rate),
    markdown: values.markdown ?? null,
  }
}

function seriesWithRounds(value: string | undefined, known: readonly string[]): ReadonlyMap<string, number | null> | null {
  if (value === undefined) return null
  const words = value.split(',').map((word): readonly [string, number | null] => {
    const [name = '', rounds] = word.trim().split(':')
    return [name, rounds === undefined ? null : positive('--series', rounds)]
  })
  names('--series', words.map(([name]) => name).join(','), known)
  return new Map(words)
}

function names(option: string, value: string | undefined, known: readonly string[]): readonly string[] | null {
  if (value === undefined) return null
  const wanted = value.split(',').map((name) => name.trim())
  for (const name of wanted) {
    if (!known.includes(name)) throw new Error(`${option}: "${name}" is none of ${known.join(', ')}`)
  }
  return wanted
}

function positive(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${option}: "${text}" is not a whole number above 0`)
  return Number(text)
}
