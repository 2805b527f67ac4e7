import { parseArgs } from 'node:util'

export type SoakOptions = {
  /** How long traffic is sent. */
  readonly minutes: number
  /** Chooses what is sent and in which order. */
  readonly seed: number
  /** Threads of the gateway. */
  readonly workers: number
  /** Actions begun a second. Most are one request. */
  readonly rate: number
  /** Time between samples. */
  readonly sampleSeconds: number
  /** File in which the section about the soak is replaced. */
  readonly markdown: string | null
}

export const usage = `node test/soak/soak.ts [options]

  --minutes <number>  how long traffic is sent (default 1)
  --seed <number>     chooses what is sent and in which order (default 1)
  --workers <number>  threads of the gateway (default 1)
  --rate <number>     actions begun a second; most are one request (default 200)
  --sample <number>   seconds between samples (default 10)
  --markdown <file>   also write the outcome into this file, in place of its section about the soak

Exits with 1 when an answer was wrong, memory grew, or something was left open.`

/** Throws with a message for the user when the words are not understood. */
export function readOptions(words: readonly string[]): SoakOptions | 'help' {
  const { values } = parseArgs({
    args: [...words],
    options: {
      minutes: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      rate: { type: 'string', default: '200' },
      sample: { type: 'string', default: '10' },
      markdown: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  return {
    minutes: positive('--minutes', values.minutes),
    seed: positive('--seed', values.seed),
    workers: positive('--workers', values.workers),
    rate: positive('--rate', values.rate),
    sampleSeconds: positive('--sample', values.sample),
    markdown: values.markdown ?? null,
  }
}

function positive(option: string, text: string): number {
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(text) || Number(text) <= 0) throw new Error(`${option}: "${text}" is not a number above 0`)
  return Number(text)
}
