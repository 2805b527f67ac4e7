import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, the unit of /proc's processor times: fixed at 100 by the kernel's interface (proc(5), sysconf(3)). */
const microsecondsPerTick = 10_000

/** In microseconds. */
export type ProcessorSplit = { readonly user: number; readonly system: number }

/** A process and all its living descendants: nginx answers in a worker, esbuild compiles in a service. */
export function processTree(pid: number): readonly number[] {
  const tree = [pid]
  for (const thread of entries(`/proc/${pid}/task`)) {
    for (const child of read(`/proc/${pid}/task/${thread}/children`).split(' ')) {
      if (child.trim() !== '') tree.push(...processTree(Number(child)))
    }
  }
  return tree
}

/** User and system time that a process and its living descendants have used, in microseconds. */
export function processorTime(pid: number): number {
  const { user, system } = processorSplit(pid)
  return user + system
}

/** The same, by who used it: the process's own code, or the kernel for it. */
export function processorSplit(pid: number): ProcessorSplit {
  const times = processTree(pid).map((member) => timeIn(`/proc/${member}/stat`))
  return { user: times.reduce((sum, { user }) => sum + user, 0), system: times.reduce((sum, { system }) => sum + system, 0) }
}

/** User and system time of each thread of one process, in microseconds, by its id. */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>()
  for (const thread of entries(`/proc/${pid}/task`)) {
    const { user, system } = timeIn(`/proc/${pid}/task/${thread}/stat`)
    times.set(thread, user + system)
  }
  return times
}

function timeIn(file: string): ProcessorSplit {
  const stat = read(file)
  // The second field is the program's name in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { user: Number(fields[11] ?? 0) * microsecondsPerTick, system: Number(fields[12] ?? 0) * microsecondsPerTick }
}

/** Resident memory of a process and its descendants in bytes. Pages that they share count for each of them. */
export function residentMemory(pid: number): number {
  return processTree(pid).reduce((sum, member) => sum + statusBytes(member, 'VmRSS'), 0)
}

/** The most resident memory that one process has had, in bytes; 0 once it has gone. */
export function peakMemory(pid: number): number {
  return statusBytes(pid, 'VmHWM')
}

function statusBytes(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/status`))
  return Number(found?.[1] ?? 0) * 1024
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
