/** The Dockerfile of a bundle: two files on a base image that the user pins, run by a user without rights. */
import type { GatewayPlan } from '../../contract/plan.ts'
import { minimumNodeMajor, posternVersion } from '../../contract/version.ts'
import { renderTemplate } from '../template.ts'

export function renderDockerfile(plan: GatewayPlan): string {
  const { http, https, admin } = plan.listen
  return renderTemplate('Dockerfile', { posternVersion, minimumNodeMajor, httpPort: http, httpsPort: https, adminPort: admin })
}
