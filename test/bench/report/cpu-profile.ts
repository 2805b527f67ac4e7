/** The part that is read of a profile of V8, as `--cpu-prof` writes it. */
export type CpuProfile = {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  /** Microseconds of the monotonic clock. */
  readonly startTime: number
  /** Ids of nodes. */
  readonly samples: readonly number[]
  /** Microseconds from one sample to the next. */
  readonly timeDeltas: readonly number[]
}

export type SelfTime = { readonly name: string; readonly share: number }

/** What was running between two moments, the most first: parts of the time in which anything was. */
export function selfTimes({ nodes, startTime, samples, timeDeltas }: CpuProfile, from: number, to: number): readonly SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let now = startTime
  let busy = 0
  samples.forEach((sample, index) => {
    const delta = timeDeltas[index] ?? 0
    now += delta
    const name = names.get(sample) ?? '?'
    if (now < from || now > to || name === '(idle)') return
    busy += delta
    times.set(name, (times.get(name) ?? 0) + delta)
  })
  return [...times].map(([name, time]) => ({ name, share: time / busy })).toSorted((left, right) => right.share - left.share)
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.slice(url.lastIndexOf('/') + 1)
  return `${functionName === '' ? '(anonymous)' : functionName}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`
}
