/** Processes that tests start and that run on: none outlives the process that started it, however that ends. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'

const setpriv = '/usr/bin/setpriv'

/** The system itself kills the program when we are gone, also by a signal that nobody hears (prctl(2), PR_SET_PDEATHSIG). Linux alone has this. */
const boundToUs = [setpriv, '--pdeathsig', 'KILL'] as const
/** Whether this system does so. */
export const endsWithUs: boolean = spawnSync(boundToUs[0], [...boundToUs.slice(1), 'true'], { stdio: 'ignore' }).status === 0

/** As `spawn`; what is started becomes the program, with its pid and its end. */
export function spawnOwned(program: string, words: readonly string[], options: SpawnOptions): ChildProcess {
  const [first, ...rest] = endsWithUs ? [...boundToUs, program, ...words] : [program, ...words]
  return spawn(first, rest, options)
}
