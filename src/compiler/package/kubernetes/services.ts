/** How requests, and whoever collects metrics, reach the gateways. */
import { type ClusterGateway, type KubernetesObject, labelsOf, metadataOf, selectorOf, tlsSecretOf } from './cluster-gateway.ts'

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
      ports: [{ name: 'admin', port: gateway.plan.listen.admin || 9090, targetPort: 'admin' }],
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

/** What comes through a Gateway of the Gateway API, by the base paths of the APIs. `null` where none is named. */
export function httpRoute(gateway: ClusterGateway): KubernetesObject | null {
  const { route } = gateway.kubernetes
  if (route === null) return null
  const parent = {
    name: route.gateway,
    ...(route.namespace === null ? {} : { namespace: route.namespace }),
    ...(route.listener === null ? {} : { sectionName: route.listener }),
  }
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadataOf(gateway),
    spec: {
      parentRefs: [parent],
      ...(route.hosts.length === 0 ? {} : { hostnames: route.hosts }),
      rules: rulesFor(basePaths(gateway), gateway),
    },
  }
}

/** The root stands for all others. */
function basePaths({ plan }: ClusterGateway): readonly string[] {
  const paths = [...new Set(plan.apis.map(({ basePath }) => basePath))].toSorted()
  return paths.includes('') ? ['/'] : paths
}

/** A rule has up to 64 matches. */
function rulesFor(paths: readonly string[], { plan }: ClusterGateway): readonly unknown[] {
  const rules: unknown[] = []
  for (let start = 0; start < paths.length; start += 64) {
    const matches = paths.slice(start, start + 64).map((value) => ({ path: { type: 'PathPrefix', value } }))
    rules.push({ matches, backendRefs: [{ name: plan.name, port: 80 }] })
  }
  return rules
}

function selectorOfAdmin(gateway: ClusterGateway): Readonly<Record<string, string>> {
  return { ...selectorOf(gateway), 'app.kubernetes.io/component': 'gateway-admin' }
}

function adminLabels(gateway: ClusterGateway): Readonly<Record<string, string>> {
  return { ...labelsOf(gateway), ...selectorOfAdmin(gateway) }
}
