/** How Microgateway put its gateway into containers: conf/deployment-config.toml. */
import type { Configuration } from './configuration.ts'

const kubernetes = 'write what you need of it into your own overlay of plain manifests'

export function importDeployment(conf: Configuration): void {
  conf.rest('differs', 'docker', '`postern build` writes a Dockerfile, which takes its base image as an argument: docs/operating.md')
  conf.rest('not-supported', 'kubernetes', kubernetes)
  conf.rest('not-supported', 'filters', 'steps of your own are modules: docs/extensions.md')
}
