import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Issuer } from '../behaviour/issuer.ts'
import { Random } from '../random.ts'
import { type SoakedGateway, startSoakedGateway } from './gateway.ts'
import type { Outcome } from './judge.ts'
import type { SoakOptions } from './options.ts'
import { writeProject } from './project.ts'
import { startRoughBackend } from './rough-backend.ts'
import { type Sample, takeSample } from './sample.ts'
import { send } from './send.ts'
import { startSteadyBackend } from './steady-backend.ts'
import { allTraffic } from './traffic/all-traffic.ts'
import { startWordsBackend } from './words-backend.ts'
import { leave, makeWorld, type World } from './world.ts'

/** How long the gateway may take to let go of what nobody uses any more. */
const settleMilliseconds = 15_000

/** Sends the traffic to a gateway of its own and watches what it holds. */
export async function runSoak(options: SoakOptions, progress: (text: string) => void): Promise<Outcome> {
  const undo: (() => unknown)[] = []
  try {
    const folder = mkdtempSync(join(tmpdir(), 'postern-soak-'))
    undo.push(() => rmSync(folder, { recursive: true, force: true }))
    const issuer = new Issuer('https://one.example.com', 'one', 'ES256')
    const [steady, rough, words] = await Promise.all([startSteadyBackend(), startRoughBackend(), startWordsBackend()])
    undo.push(steady.close, rough.close, words.close)
    writeProject(folder, { steady: steady.url, rough: rough.url, words: words.url }, issuer)
    const gateway = await startSoakedGateway(folder, options.workers)
    undo.push(gateway.stop)
    return await watch(gateway, makeWorld(new Random(options.seed), issuer, gateway), options, progress)
  } finally {
    for (const step of undo.toReversed()) await step()
  }
}

async function watch(
  gateway: SoakedGateway,
  world: World,
  { sampleSeconds, rate, minutes }: SoakOptions,
  progress: (text: string) => void,
): Promise<Outcome> {
  const start = performance.now()
  const sample = () => takeSample(gateway.pid, gateway.adminPort, (performance.now() - start) / 1000)
  const before = await sample()
  const samples: Sample[] = []
  const timer = setInterval(() => {
    sample().then((taken) => {
      samples.push(taken)
      progress(`${taken.seconds.toFixed(0)} s: ${(taken.memory / 1e6).toFixed(0)} MB, ${taken.descriptors} descriptors`)
    }, progress)
  }, sampleSeconds * 1000)
  const sent = await send(world, allTraffic, rate, minutes * 60_000)
  clearInterval(timer)
  leave(world)
  const after = await settled(sample, before)
  return { sent, samples, before, after, complaints: gateway.complaints }
}

/** The last sample: when as few descriptors are open as before, or when that has not come about in time. */
async function settled(sample: () => Promise<Sample>, before: Sample): Promise<Sample> {
  const deadline = performance.now() + settleMilliseconds
  for (;;) {
    const taken = await sample()
    const quiet = taken.descriptors <= before.descriptors && taken.inFlight === 0 && taken.clientConnections === 0
    if (quiet || performance.now() > deadline) return taken
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
