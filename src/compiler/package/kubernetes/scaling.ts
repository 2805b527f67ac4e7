/** How many gateways there are, and how many may go at once. */
import { type ClusterGateway, type KubernetesObject, metadataOf, selectorOf } from './cluster-gateway.ts'

export function horizontalPodAutoscaler(gateway: ClusterGateway): KubernetesObject {
  const { min, max } = gateway.kubernetes.replicas
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(gateway),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: gateway.plan.name },
      minReplicas: min,
      maxReplicas: max,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  }
}

export function podDisruptionBudget(gateway: ClusterGateway): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(gateway),
    spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: selectorOf(gateway) } },
  }
}
