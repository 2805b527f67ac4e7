/** The Deployment, and the account that it runs as: what the restricted Pod Security Standard asks for, and a read-only root. */
import {
  annotationsOf,
  type ClusterGateway,
  type KubernetesObject,
  labelsOf,
  metadataOf,
  portsOf,
  selectorOf,
  tlsSecretOf,
} from './cluster-gateway.ts'
import { podSettings, standardDrainSeconds } from './environment.ts'
import { memoryOf } from './memory.ts'

const user = 65_532

/** Seconds in which a Service learns that a Pod takes no more, before the gateway is told to stop. */
const preStop = 5

/** Seconds beyond what the gateway gives itself. */
const margin = 5

export function serviceAccount(gateway: ClusterGateway): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadataOf(gateway), automountServiceAccountToken: false }
}

/** Without `replicas`, which are the HorizontalPodAutoscaler's. */
export function deployment(gateway: ClusterGateway): KubernetesObject {
  const { name } = gateway.plan
  const selector = selectorOf(gateway)
  const { volumes } = podSettings(gateway)
  const spread = (topologyKey: string): unknown => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selector },
  })
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { ...metadataOf(gateway), annotations: { ...annotationsOf(gateway), ...limitsAnnotation(gateway) } },
    spec: {
      revisionHistoryLimit: 5,
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labelsOf(gateway), annotations: annotationsOf(gateway) },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          // Its variables would look like settings.
          enableServiceLinks: false,
          terminationGracePeriodSeconds: graceSeconds(gateway),
          securityContext: {
            runAsNonRoot: true,
            runAsUser: user,
            runAsGroup: user,
            fsGroup: user,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [spread('topology.kubernetes.io/zone'), spread('kubernetes.io/hostname')],
          containers: [container(gateway)],
          ...(volumes.length > 0 ? { volumes } : {}),
        },
      },
    },
  }
}

/** How often what a limit says may pass, where each replica counts for itself; one more while a new version is rolled out. */
function limitsAnnotation({ plan, kubernetes }: ClusterGateway): Readonly<Record<string, string>> {
  const { limits, store } = plan.throttling
  if (limits.length === 0) return {}
  const text = `counted by each replica for itself: up to ${kubernetes.replicas.max + 1} times what a limit says passes`
  return { 'postern/limits': store === null ? text : 'counted by all replicas together' }
}

function container(gateway: ClusterGateway): unknown {
  const ports = portsOf(gateway)
  const { variables, mounts } = podSettings(gateway)
  const { cpu, memory: written } = gateway.kubernetes.resources
  const memory = written ?? memoryOf(gateway)
  const probe = (path: string, more: object): unknown => ({ httpGet: { path, port: 'admin' }, ...more })
  return {
    name: 'gateway',
    image: gateway.image,
    imagePullPolicy: 'IfNotPresent',
    ports: [
      { name: 'http', containerPort: ports.http },
      ...(tlsSecretOf(gateway) === null ? [] : [{ name: 'https', containerPort: ports.https }]),
      { name: 'admin', containerPort: ports.admin },
    ],
    ...(variables.length > 0 ? { env: variables } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    startupProbe: probe('/live', { periodSeconds: 1, failureThreshold: 60 }),
    readinessProbe: probe('/ready', { periodSeconds: 2, failureThreshold: 2 }),
    livenessProbe: probe('/live', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    lifecycle: { preStop: { sleep: { seconds: preStop } } },
    resources: { requests: { cpu, memory }, limits: { memory } },
    securityContext: {
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
}

/** All that may pass between SIGTERM and the end, so that nothing is cut that the gateway would not cut itself. */
function graceSeconds({ kubernetes: { settings } }: ClusterGateway): number {
  const seconds = (name: string, standard: number): number => Number(settings.get(name)?.value ?? standard)
  return preStop + seconds('POSTERN_DRAIN_DELAY_SECONDS', 0) + seconds('POSTERN_DRAIN_SECONDS', standardDrainSeconds) + margin
}
