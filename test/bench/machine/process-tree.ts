import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, the unit of /proc's processor times: fixed at 100 by the kernel's interface (proc(5), sysconf(3)). */
const microsecondsPerTick = 10_000

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
  let ticks = 0
  for (const member of processTree(pid)) {
    const stat = read(`/proc/${member}/stat`)
    // The second field is the program's name in parentheses and may hold spaces; utime and stime are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return ticks * microsecondsPerTick
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
