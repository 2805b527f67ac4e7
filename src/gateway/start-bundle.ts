/**
 * Starts a built gateway as a process: checks that Node and the bundle's files are what the gateway was built for, starts it, and
 * ends it in order when it is told to. Whatever stops the start is one clear line on stderr and exit code 1.
 */
import type { GatewayPlan } from '../contract/plan.ts'
import { minimumNodeMajor } from '../contract/version.ts'
import type { Capabilities } from './capabilities.ts'
import { type Gateway, startGateway } from './main.ts'
import { StartError } from './settings.ts'
import { type VerifiedBundle, verifyBundle } from './verify-bundle.ts'
import type { WorkerTask } from './workers/messages.ts'
import { runWorker } from './workers/worker.ts'
import { workerArgument } from './workers/workers.ts'

/** `manifestDigest`: hex SHA-256 of manifest.json's text without the gateway's own digest. `moduleUrl`: import.meta.url of the bundle. */
export async function startBundle(planText: string, manifestDigest: string, moduleUrl: string, capabilities: Capabilities): Promise<void> {
  try {
    if (Number.parseInt(process.versions.node, 10) < minimumNodeMajor) {
      throw new StartError(`Node ${minimumNodeMajor} or later is needed; this is Node ${process.versions.node}`)
    }
    const plan = JSON.parse(planText) as GatewayPlan
    const verify = (): VerifiedBundle => verifyBundle(moduleUrl, manifestDigest)
    if (await startedAsWorker(plan, capabilities, verify)) return
    const { digest, manifest } = verify()
    const starting = startGateway(plan, capabilities, { digest, manifest, moduleUrl })
    // Before anybody is told that the gateway listens: a signal may follow at once.
    endOnSignal(starting)
    const gateway = await starting
    process.on('uncaughtExceptionMonitor', () => gateway.log.flushSync())
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    process.stderr.write(`postern: the gateway does not start: ${error.message}\n`)
    process.exit(1)
  }
}

/** The bundle is also what worker threads run. */
async function startedAsWorker(plan: GatewayPlan, capabilities: Capabilities, verify: () => VerifiedBundle): Promise<boolean> {
  if (process.argv[2] !== workerArgument) return false
  const { isMainThread, parentPort, workerData } = await import('node:worker_threads')
  if (isMainThread || parentPort === null) return false
  await runWorker(plan, capabilities, workerData as WorkerTask, parentPort, () => verify().digest)
  return true
}

function endOnSignal(starting: Promise<Gateway>): void {
  let ending = false
  const end = async (): Promise<void> => {
    if (ending) return
    ending = true
    const gateway = await starting
    await gateway.drain()
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}
