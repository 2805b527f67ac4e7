import { peersNamed } from '../bench-run.ts'
import { enterAll, leave, usualLoad } from '../contestant.ts'
import { chunkedDownload, download, upload, type Workload } from '../fixture/api.ts'
import { compare, comparisonColumns } from './comparison.ts'
import type { Series } from './series.ts'

const kibibyte = 1024
const large = 10 * 1024 * kibibyte
const workloads: readonly Workload[] = [
  download('0.1 KiB', 102),
  download('1 KiB', kibibyte),
  download('64 KiB', 64 * kibibyte),
  download('10 MiB', large),
  chunkedDownload('64 KiB', 64 * kibibyte),
  upload('0.1 KiB', 102),
  upload('1 KiB', kibibyte),
  upload('64 KiB', 64 * kibibyte),
  upload('10 MiB', large),
]

/** Few connections for large bodies: what is in flight when the time is up has cost time and is not counted as a request. */
function connectionsFor({ path, upload: bytes }: Workload): number {
  return bytes === large || path.endsWith(`/${large}`) ? 4 : 64
}

/** Answers and requests of all sizes, streamed. */
export const bodies: Series = {
  name: 'bodies',
  title: 'Bodies',
  run: async (run) => {
    const contestants = await enterAll(run, peersNamed(run, 'postern', 'nginx'))
    if (contestants.length === 0) return null
    const { rounds, seconds } = run.options
    const cases = workloads.map((workload) => ({
      label: workload.name,
      load: { ...usualLoad(run), workload, connections: connectionsFor(workload) },
    }))
    const rows = await compare(run, contestants, cases)
    await leave(contestants)
    return {
      columns: comparisonColumns('body', contestants),
      rows,
      notes: [`64 connections, 4 for 10 MiB; ${rounds} rounds of ${seconds} s in turn; chunked answers come in 8 KiB chunks`],
    }
  },
}
