/**
 * Starts a built gateway as a process: checks that Node and the bundle's files are what the gateway was built for, starts it, and
 * ends it in order when it is told to. Whatever stops the start is one clear line on stderr and exit code 1.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { GatewayPlan } from '../contract/plan.ts'
import { minimumNodeMajor } from '../contract/version.ts'
import type { Capabilities } from './capabilities.ts'
import { type Gateway, startGateway } from './main.ts'
import { StartError } from './settings.ts'

/** `manifestDigest`: hex SHA-256 of manifest.json's text without the gateway's own digest. `moduleUrl`: import.meta.url of the bundle. */
export async function startBundle(planText: string, manifestDigest: string, moduleUrl: string, capabilities: Capabilities): Promise<void> {
  try {
    if (Number.parseInt(process.versions.node, 10) < minimumNodeMajor) {
      throw new StartError(`Node ${minimumNodeMajor} or later is needed; this is Node ${process.versions.node}`)
    }
    const { digest, manifest } = verifyBundle(moduleUrl, manifestDigest)
    const starting = startGateway(JSON.parse(planText) as GatewayPlan, capabilities, { digest, manifest })
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

function verifyBundle(moduleUrl: string, manifestDigest: string): { readonly digest: string; readonly manifest: Buffer } {
  const digest = `sha256:${sha256(readBundleFile(new URL(moduleUrl), 'gateway.mjs'))}`
  const manifest = readBundleFile(new URL('manifest.json', moduleUrl), 'manifest.json')
  const text = manifest.toString('utf8')
  // Only here: a digest that stood elsewhere would let other text of the manifest stand here.
  const beginning = `{\n  "digest": "${digest}",`
  if (!text.startsWith(beginning)) throw new StartError('gateway.mjs was altered: it is not the one that manifest.json describes')
  if (sha256(`{\n  "digest": "",${text.slice(beginning.length)}`) !== manifestDigest) throw new StartError('manifest.json was altered')
  return { digest, manifest }
}

function readBundleFile(url: URL, name: string): Buffer {
  try {
    return readFileSync(url)
  } catch (error) {
    throw new StartError(`${name} cannot be read (${error instanceof Error && 'code' in error ? error.code : 'unknown error'})`)
  }
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
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
