import { availableParallelism } from 'node:os'
import { findProgram } from './programs.ts'

/** The proxy has a core for itself; the client and the backend share the other one. */
export type Role = 'proxy' | 'surroundings' | 'anywhere'

const core = { proxy: '1', surroundings: '0' } as const
const taskset = findProgram('taskset')

/** Why processes cannot be kept on their cores, or `null`. */
export function whyNotPinned(): string | null {
  if (taskset === null) return 'taskset is not installed'
  return availableParallelism() < 2 ? 'the machine has one core' : null
}

/** The command that runs `command` on the core of its role, where that is possible. */
export function pinned(role: Role, command: readonly string[]): readonly string[] {
  if (role === 'anywhere' || taskset === null || whyNotPinned() !== null) return command
  return [taskset, '-c', core[role], ...command]
}
