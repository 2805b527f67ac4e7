/** Runs a gateway as a child of the command line, with this Node. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { onStopSignal } from './stop-signals.ts'

/** Resolves with its exit code when it has ended; a signal that asks us to stop is handed on, and the gateway drains. */
export function runGateway(bundleFolder: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const gateway = spawn(process.execPath, [join(bundleFolder, 'gateway.mjs')], { stdio: 'inherit' })
    onStopSignal(() => gateway.kill('SIGTERM'))
    gateway.on('error', reject)
    gateway.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
}
