/** Starts the gateway from source, in this process, with the plan that the compiler makes of the project. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile, examine } from '../../src/compiler/compile.ts'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'
import { LocalGateway } from '../wire/gateway.ts'
import { loopback, type Start } from './running-gateway.ts'

export const startInProcess: Start = async ({ folder }, environment) => {
  const request = { projectFolder: folder, now: new Date() }
  const { project } = examine(request)
  const compiled = await compile(request)
  assert.ok(project !== null && compiled.kind === 'compiled')
  const { plan } = makePlan(project)
  const options = {
    digest: compiled.manifest.digest,
    manifest: Buffer.from(compiled.files['manifest.json']),
    environment: { ...loopback, ...environment },
  }
  const own = (plan.extensions?.modules ?? []).map(async ({ step, file }) => {
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(join(folder, file)).href)
    return [step, module[step]] as const
  })
  const local = await LocalGateway.start(plan, options, Object.fromEntries(await Promise.all(own)))
  return { port: local.port, adminPort: local.adminPort, log: local.log, stop: () => local.stop() }
}
