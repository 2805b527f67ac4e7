import { readFileSync } from 'node:fs'

/**
 * Why a process that the benchmark starts cannot have so many open files, or `null`. Node raises its own limit as far as it may, and its
 * children have the same.
 */
export function whyNoDescriptors(count: number): string | null {
  const limit = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 0)
  return limit >= count ? null : `a process may have ${limit} open files here and ${count} are needed: raise the limit (ulimit -n)`
}
