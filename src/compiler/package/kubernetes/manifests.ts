/** The manifests of a gateway: a kustomize base, one file a purpose, the same bytes for the same inputs. */
import { stringify } from 'yaml'
import { posternVersion } from '../../../contract/version.ts'
import type { ClusterGateway, KubernetesObject } from './cluster-gateway.ts'
import { deployment, serviceAccount } from './deployment.ts'
import { podSettings } from './environment.ts'
import { networkPolicy } from './network-policy.ts'
import { horizontalPodAutoscaler, podDisruptionBudget } from './scaling.ts'
import { adminService, httpRoutes, service, serviceMonitor } from './services.ts'

const makers = {
  'serviceaccount.yaml': serviceAccount,
  'deployment.yaml': deployment,
  'service.yaml': service,
  'horizontalpodautoscaler.yaml': horizontalPodAutoscaler,
  'poddisruptionbudget.yaml': podDisruptionBudget,
  'networkpolicy.yaml': networkPolicy,
  'httproute.yaml': httpRoutes,
  'service-admin.yaml': adminService,
  'servicemonitor.yaml': serviceMonitor,
} as const satisfies Readonly<Record<string, (gateway: ClusterGateway) => KubernetesObject | readonly KubernetesObject[] | null>>

/** Every name that the folder can hold. */
export const manifestNames: ReadonlySet<string> = new Set([...Object.keys(makers), 'kustomization.yaml'])

/** Text by file name. */
export function kubernetesManifests(gateway: ClusterGateway): Readonly<Record<string, string>> {
  const files = Object.entries(makers).flatMap(([name, make]) => {
    const objects = [make(gateway) ?? []].flat()
    return objects.length === 0 ? [] : [[name, objects] as const]
  })
  const kustomization = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: files.map(([name]) => name) }
  return Object.fromEntries([
    ...files.map(([name, objects]) => [name, written(name === 'deployment.yaml' ? remarks(gateway) : [], objects)]),
    ['kustomization.yaml', written([], [kustomization])],
  ])
}

function written(comments: readonly string[], objects: readonly KubernetesObject[]): string {
  const head = [`Written by Postern ${posternVersion}.`, ...comments].map((line) => `# ${line}\n`).join('')
  return head + objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')
}

/** What cannot be read from the object itself. */
function remarks(gateway: ClusterGateway): readonly string[] {
  const { keys } = podSettings(gateway)
  return keys.length > 0 ? [`The Secret ${gateway.kubernetes.secretName} must have: ${keys.join(', ')}.`] : []
}
