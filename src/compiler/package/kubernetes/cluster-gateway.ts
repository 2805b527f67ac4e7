/** What every manifest of a gateway is made of. */
import type { GatewayPlan } from '../../../contract/plan.ts'
import type { Project } from '../../model/model.ts'
import type { Kubernetes } from '../../model/types/kubernetes.ts'

export type ClusterGateway = {
  readonly project: Project
  readonly kubernetes: Kubernetes
  readonly plan: GatewayPlan
  /** Of gateway.mjs. */
  readonly digest: string
  /** With its digest. */
  readonly image: string
}

/** A Kubernetes object, as data. */
export type KubernetesObject = { readonly apiVersion: string; readonly kind: string; readonly [key: string]: unknown }

/** What selects a gateway's Pods. */
export function selectorOf({ plan }: ClusterGateway): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': plan.name, 'app.kubernetes.io/component': 'gateway' }
}

export function labelsOf(gateway: ClusterGateway): Readonly<Record<string, string>> {
  return {
    ...selectorOf(gateway),
    'app.kubernetes.io/version': gateway.plan.version
      .replaceAll('+', '_')
      .slice(0, 63)
      .replace(/[._-]+$/, ''),
  }
}

/** Which gateway it is, wherever the object is seen. */
export function annotationsOf({ digest }: ClusterGateway): Readonly<Record<string, string>> {
  return { 'postern/digest': digest }
}

export function metadataOf(gateway: ClusterGateway, name: string = gateway.plan.name): Readonly<Record<string, unknown>> {
  return { name, labels: labelsOf(gateway), annotations: annotationsOf(gateway) }
}

/** Fixed, as a Service must know them: one that the project leaves to the system is the usual one, or the next that is free. */
export function portsOf({ plan: { listen } }: ClusterGateway): { readonly http: number; readonly https: number; readonly admin: number } {
  const taken = new Set([listen.http, listen.https, listen.admin])
  const fixed = (port: number | null, usual: number): number => {
    if (port !== null && port !== 0) return port
    let free = usual
    while (taken.has(free)) free += 1
    taken.add(free)
    return free
  }
  return { http: fixed(listen.http, 8080), https: fixed(listen.https, 8443), admin: fixed(listen.admin, 9090) }
}

/** The Secret with the gateway's own certificate; `null` where it speaks no TLS. */
export function tlsSecretOf({ kubernetes, plan }: ClusterGateway): string | null {
  return kubernetes.tlsSecret ?? (plan.listen.httpsRequiredBy.length > 0 ? `${plan.name}-tls` : null)
}
