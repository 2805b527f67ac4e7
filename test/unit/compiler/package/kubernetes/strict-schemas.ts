/**
 * Objects against the schemas that Kubernetes and the two APIs beside it publish, unknown fields included. The schemas come compiled, and
 * pass over fields that they do not know: a field that none of them looks at is unknown.
 */
import assert from 'node:assert/strict'
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute'
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget'
import { Service } from 'kubernetes-models/v1/Service'
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount'

type Written = { readonly apiVersion: string; readonly kind: string }
type Kind = { readonly apiVersion: string; readonly kind: string; new (): { validate(): void } }

const kinds: readonly Kind[] = [
  Deployment,
  HorizontalPodAutoscaler,
  HTTPRoute,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  ServiceAccount,
  ServiceMonitor,
]

/** Throws where the object breaks its schema; returns the places of fields that it does not know. */
export function unknownFields(object: Written): readonly string[] {
  const kind = kinds.find((each) => each.kind === object.kind && each.apiVersion === object.apiVersion)
  assert.ok(kind, `${object.apiVersion} ${object.kind}`)
  const all = new Set<string>()
  const seen = new Set<string>()
  const watched = Object.fromEntries(Object.entries(object).map(([key, value]) => [key, watch(value, key, all, seen)]))
  // Given to the constructor, they would be copied.
  Object.assign(new kind(), watched).validate()
  const known = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'automountServiceAccountToken'])
  return [...Object.keys(object).filter((key) => !known.has(key)), ...[...all].filter((place) => !seen.has(place))].toSorted()
}

function watch(value: unknown, place: string, all: Set<string>, seen: Set<string>): unknown {
  if (value === null || typeof value !== 'object') return value
  const children = new Map(Object.entries(value).map(([key, child]) => [key, watch(child, `${place}.${key}`, all, seen)]))
  for (const key of children.keys()) all.add(`${place}.${key}`)
  return new Proxy(value, {
    get(target, key, receiver) {
      if (typeof key !== 'string' || !children.has(key)) return Reflect.get(target, key, receiver)
      seen.add(`${place}.${key}`)
      return children.get(key)
    },
  })
}
