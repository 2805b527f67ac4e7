/** Starts the gateway from source, in this process, with the plan that the compiler makes of the project. */
import assert from 'node:assert/strict'
import { compile, examine } from '../../src/compiler/compile.ts'
import { makePlan } from '../../src/compiler/plan/make-plan.ts'
import { LocalGateway } from '../wire/gateway.ts'
import { loopback, type Start } from './running-gateway.ts'

export const startInProcess: Start = async ({ folder }, environment) => {
  const request = { projectFolder: folder, now: new Date() }
  const { project } = examine(request)
  const compiled = await compile(request)
  assert.ok(project !== null && compiled.kind === 'compiled')
  const local = await LocalGateway.start(makePlan(project).plan, {
    digest: compiled.manifest.digest,
    manifest: Buffer.from(compiled.files['manifest.json']),
    environment: { ...loopback, ...environment },
  })
  return { port: local.port, adminPort: local.adminPort, log: local.log, stop: () => local.stop() }
}
