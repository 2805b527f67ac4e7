/** How requests, and whoever collects metrics, reach the gateways. */
import type { Route } from '../../model/types/kubernetes.ts'
import { type ClusterGateway, type KubernetesObject, labelsOf, metadataOf, portsOf, selectorOf, tlsSecretOf } from './cluster-gateway.ts'

export function service(gateway: ClusterGateway): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(gateway),
    spec: {
      selector: selectorOf(gateway),
      ports: [
        { name: 'http', port: 80, targetPort: 'http' },
        ...(tlsSecretOf(gateway) === null ? [] : [{ name: 'https', port: 443, targetPort: 'https' }]),
      ],
    },
  }
}

/** The admin pages, for metrics alone: a Service apart, so that the other one does not lead there. `null` where nobody collects them. */
export function adminService(gateway: ClusterGateway): KubernetesObject | null {
  if (gateway.kubernetes.monitoring === null) return null
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...metadataOf(gateway, `${gateway.plan.name}-admin`), labels: adminLabels(gateway) },
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selectorOf(gateway),
      ports: [{ name: 'admin', port: portsOf(gateway).admin, targetPort: 'admin' }],
    },
  }
}

export function serviceMonitor(gateway: ClusterGateway): KubernetesObject | null {
  const { monitoring } = gateway.kubernetes
  if (monitoring === null) return null
  const metadata = metadataOf(gateway)
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { ...metadata, labels: { ...labelsOf(gateway), ...Object.fromEntries(monitoring.labels) } },
    spec: {
      selector: { matchLabels: selectorOfAdmin(gateway) },
      endpoints: [{ port: 'admin', path: '/metrics', interval: `${monitoring.every / 1000}s` }],
    },
  }
}

/** Paths that an HTTPRoute may have, over all its rules, and that one rule may have. */
const mostPaths = 128
const mostPathsOfRule = 64

/** What comes through a Gateway of the Gateway API, by the base paths of the APIs. Empty where none is named. */
export function httpRoutes(gateway: ClusterGateway): readonly KubernetesObject[] {
  const { route } = gateway.kubernetes
  if (route === null) return []
  const { name } = gateway.plan
  return inParts(basePaths(gateway), mostPaths).map((paths, index) =>
    httpRoute(gateway, route, index === 0 ? name : `${name}-${index + 1}`, paths),
  )
}

function httpRoute(gateway: ClusterGateway, route: Route, name: string, paths: readonly string[]): KubernetesObject {
  const parent = {
    name: route.gateway,
    ...(route.namespace === null ? {} : { namespace: route.namespace }),
    ...(route.listener === null ? {} : { sectionName: route.listener }),
  }
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(gateway, name),
    spec: {
      parentRefs: [parent],
      ...(route.hosts.length === 0 ? {} : { hostnames: route.hosts }),
      rules: inParts(paths, mostPathsOfRule).map((some) => ruleFor(some, gateway)),
    },
  }
}

/** The root stands for all others. */
function basePaths({ plan }: ClusterGateway): readonly string[] {
  const paths = [...new Set(plan.apis.map(({ basePath }) => basePath))].toSorted()
  return paths.includes('') ? ['/'] : paths
}

function ruleFor(paths: readonly string[], { plan }: ClusterGateway): unknown {
  return { matches: paths.map((value) => ({ path: { type: 'PathPrefix', value } })), backendRefs: [{ name: plan.name, port: 80 }] }
}

function inParts<T>(all: readonly T[], most: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, index) => all.slice(index * most, (index + 1) * most))
}

function selectorOfAdmin(gateway: ClusterGateway): Readonly<Record<string, string>> {
  return { ...selectorOf(gateway), 'app.kubernetes.io/component': 'gateway-admin' }
}

function adminLabels(gateway: ClusterGateway): Readonly<Record<string, string>> {
  return { ...labelsOf(gateway), ...selectorOfAdmin(gateway) }
}
