/** How Microgateway put its gateway into containers and clusters: conf/deployment-config.toml. */
import type { Configuration } from './configuration.ts'

const deployment = 'kubernetes.kubernetesDeployment'
const autoscaler = 'kubernetes.kubernetesHpa'

export function importDeployment(conf: Configuration): void {
  if (conf.boolean(`${deployment}.enable`, false)) {
    const replicas = conf.number(`${deployment}.replicas`)
    const min = conf.number(`${autoscaler}.minReplicas`) ?? replicas ?? 2
    const max = Math.max(min, conf.number(`${autoscaler}.maxReplicas`) ?? replicas ?? 4)
    conf.differs('`postern build --kubernetes --image <name@digest>` writes manifests: docs/kubernetes.md', `${deployment}.enable`)
    conf.differs(
      `write \`kubernetes: { replicas: { min: ${min}, max: ${max} } }\`, with the values of settings`,
      ...['replicas'].map((key) => `${deployment}.${key}`),
      ...['minReplicas', 'maxReplicas'].map((key) => `${autoscaler}.${key}`),
    )
  }
  conf.rest(
    'differs',
    'docker',
    '`postern image`, without a daemon, or the bundle’s Dockerfile with the base image as an argument: docs/containers.md',
  )
  conf.rest(
    'not-supported',
    'kubernetes',
    'the manifests have what the gateway needs, and take no more from here: see docs/kubernetes.md, and add an overlay for the rest',
  )
  conf.rest('not-supported', 'filters', 'steps of your own are modules: docs/extensions.md')
}
