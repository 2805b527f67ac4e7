import { soakTitle } from '../bench/report/document.ts'
import { figure, megabytes, type Table } from '../bench/report/table.ts'
import type { Judgement, Outcome } from './judge.ts'
import type { SoakOptions } from './options.ts'
import type { Sample } from './sample.ts'

const mostRows = 12

/** What the gateway held meanwhile, and what is judged. */
export function soakTable(options: SoakOptions, { sent, samples, before, after }: Outcome, judgements: readonly Judgement[]): Table {
  const step = Math.max(1, Math.ceil(samples.length / mostRows))
  const shown = samples.filter((_, index) => (samples.length - 1 - index) % step === 0)
  const actions = [...sent.counts].filter(([, count]) => count > 0)
  return {
    title: soakTitle,
    columns: ['after', 'RSS MB', 'heap MB', 'external MB', 'descriptors', 'in flight', 'CPU %'],
    rows: [
      row('before', before, 0),
      ...shown.map((sample) => row(`${figure(sample.seconds / 60)} min`, sample, processorShare(samples, sample))),
      row('clients gone', after, 0),
    ],
    notes: [
      `${options.minutes} minutes, seed ${options.seed}, ${options.rate} actions a second, ${options.workers} thread${options.workers === 1 ? '' : 's'}; clients and backends in one other process`,
      `actions: ${actions.map(([name, count]) => `${name} ${count.toLocaleString('en')}`).join(', ')}`,
      ...judgements.map(
        ({ what, figure: value, bound, holds }) => `${what}: ${value}, at most ${bound} wanted: ${holds ? 'reached' : 'NOT REACHED'}`,
      ),
    ],
  }
}

function row(label: string, sample: Sample, share: number): readonly string[] {
  const { memory, heapUsed, external, descriptors, inFlight } = sample
  return [label, megabytes(memory), megabytes(heapUsed), megabytes(external), String(descriptors), String(inFlight), share.toFixed(0)]
}

/** Of one core, since the sample before. */
function processorShare(samples: readonly Sample[], sample: Sample): number {
  const previous = samples[samples.indexOf(sample) - 1]
  if (previous === undefined) return 0
  return (sample.processor - previous.processor) / (sample.seconds - previous.seconds) / 1e4
}
