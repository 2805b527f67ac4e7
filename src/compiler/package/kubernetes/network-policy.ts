/** The network that a gateway has: requests in, and out to what the plan names and nothing else. */
import { decideEgress, type EgressRule } from '../../model/egress.ts'
import { type ClusterGateway, type KubernetesObject, metadataOf, selectorOf, tlsSecretOf } from './cluster-gateway.ts'

export function networkPolicy(gateway: ClusterGateway): KubernetesObject {
  const { monitoring } = gateway.kubernetes
  const { rules, namesAreLookedUp } = decideEgress(gateway.project, gateway.kubernetes)
  const metadata = metadataOf(gateway)
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...metadata, annotations: { ...(metadata.annotations as object), ...egressAnnotations(rules) } },
    spec: {
      podSelector: { matchLabels: selectorOf(gateway) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { ports: requestPorts(gateway) },
        ...(monitoring === null ? [] : [{ from: [inNamespace(monitoring.namespace)], ports: [tcp('admin')] }]),
      ],
      egress: [...(namesAreLookedUp ? [dns] : []), ...rules.map(egressOf)],
    },
  }
}

/** What the rules are for; and for a reviewer, which of them are as wide as the project could make them. */
function egressAnnotations(rules: readonly EgressRule[]): Readonly<Record<string, string>> {
  const annotation = (name: string, of: readonly EgressRule[]): Readonly<Record<string, string>> =>
    of.length === 0 ? {} : { [name]: bounded(of.flatMap(({ reasons }) => reasons.map(plain))) }
  return { ...annotation('postern/egress', rules), ...annotation('postern/egress-to-anywhere', rules.filter(isToAnywhere)) }
}

/** Definitions say in their own words who they are: nothing in them may reorder what a reviewer reads, or be there unseen. */
function plain(reason: string): string {
  return reason.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

/** Characters. An object may have 256 KiB of annotations. */
const mostText = 32_000

function bounded(reasons: readonly string[]): string {
  let length = 0
  const told = reasons.filter((reason) => {
    length += reason.length + 2
    return length <= mostText
  })
  return told.join(', ') + (told.length < reasons.length ? ` and ${reasons.length - told.length} more` : '')
}

function isToAnywhere({ peer }: EgressRule): boolean {
  return peer.kind === 'ranges' && peer.ranges.some((range) => range.endsWith('/0'))
}

function requestPorts(gateway: ClusterGateway): readonly unknown[] {
  return tlsSecretOf(gateway) === null ? [tcp('http')] : [tcp('http'), tcp('https')]
}

/** The cluster's own resolver, and the one that some clusters have on each node. */
const dns: unknown = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
    { ipBlock: { cidr: '169.254.20.10/32' } },
  ],
  ports: [
    { protocol: 'UDP', port: 53 },
    { protocol: 'TCP', port: 53 },
  ],
}

function egressOf({ peer, ports }: EgressRule): unknown {
  const through = { ports: ports.map(tcp) }
  switch (peer.kind) {
    case 'ranges':
      return { to: peer.ranges.map((cidr) => ({ ipBlock: { cidr } })), ...through }
    case 'pods': {
      const pods = { ...inNamespace(peer.namespace), podSelector: { matchLabels: Object.fromEntries(peer.labels) } }
      return { to: [pods], ...through }
    }
  }
}

function inNamespace(namespace: string): { readonly namespaceSelector: unknown } {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } }
}

function tcp(port: number | string): unknown {
  return { protocol: 'TCP', port }
}
