/** A worker thread: an engine that serves as the main thread tells it to. */
import type { MessagePort } from 'node:worker_threads'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Capabilities } from '../capabilities.ts'
import { threadClock } from '../clock.ts'
import { Engine } from '../engine.ts'
import { Log } from '../observability/log.ts'
import { Metrics } from '../observability/metrics.ts'
import { ConnectionPlaces, type SharedMemory } from '../serving-thread.ts'
import { readSettings, StartError } from '../settings.ts'
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts'
import { RelayedLog } from './relayed-log.ts'

/** `verify` gives the digest of the bundle that this thread runs; throws a StartError. */
export async function runWorker(
  plan: GatewayPlan,
  capabilities: Capabilities,
  task: WorkerTask,
  port: MessagePort,
  verify: () => string,
): Promise<void> {
  const send = (message: FromWorker): void => port.postMessage(message)
  try {
    if (verify() !== task.digest) throw new StartError('gateway.mjs was replaced while the gateway runs')
    await serve(plan, capabilities, task, port, send)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    send({ kind: 'refused', message: error.message })
  }
}

async function serve(
  plan: GatewayPlan,
  capabilities: Capabilities,
  task: WorkerTask,
  port: MessagePort,
  send: (message: FromWorker) => void,
): Promise<void> {
  const settings = readSettings(plan)
  const clock = threadClock()
  const relay = new RelayedLog(port)
  const log = new Log(clock, settings.logLevel, task.digest, relay, task.index)
  const metrics = new Metrics(plan, task.digest)
  metrics.log = log
  const { memory, shared } = sharedBuffers(task)
  const beats = new Int32Array(task.beats)
  const thread = {
    index: task.index,
    count: task.count,
    shared,
    connections: new ConnectionPlaces(plan.limits.maxConnections, new Int32Array(task.connections), task.index),
    turnedOver: () => {
      Atomics.add(beats, task.index, 1)
    },
  }
  const readiness = {
    lacks: (condition: string, why: string): void => send({ kind: 'condition', condition, why }),
    holds: (condition: string): void => send({ kind: 'condition', condition, why: null }),
  }
  const engine = await Engine.make({ plan, capabilities, settings, clock, log, metrics, thread, readiness })
  const figures = (): void => send({ kind: 'figures', families: metrics.families() })
  const stop = async (): Promise<void> => {
    const { inFlight, cut } = engine.stop()
    send({ kind: 'stopping', inFlight })
    const ended = await cut
    await log.close()
    send({ kind: 'stopped', cut: ended })
  }
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'logged') relay.logged(message.failed)
    else if (message.kind === 'measure') figures()
    else stop()
  })
  // The last that is heard of a thread that ends by a bug: what it counted and logged is not lost with it.
  process.on('uncaughtExceptionMonitor', () => {
    log.flushSync()
    figures()
  })
  const ports = await engine.listen(task.ports.http, task.ports.https)
  send({ kind: 'listening', ports, shared: memory })
}

function sharedBuffers(task: WorkerTask): { readonly memory: ReadonlyMap<string, SharedArrayBuffer>; readonly shared: SharedMemory } {
  const memory = new Map(task.shared)
  const shared: SharedMemory = (name, make) => {
    const buffer = memory.get(name) ?? make()
    memory.set(name, buffer)
    return buffer
  }
  return { memory, shared }
}
