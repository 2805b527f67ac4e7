/** `kubernetes` of postern.yaml: what the manifests for a cluster say that the gateway itself does not know. */
import { isIP } from 'node:net'
import type { Location } from '../source/location.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'
import { readEgress } from './kubernetes-egress.ts'
import { readLabelName, readLabels, readObjectName } from './kubernetes-names.ts'
import { checkProjectKeys, kubernetesKeys, monitoringKeys, replicasKeys, resourcesKeys, routeKeys, tlsSecretKeys } from './project-keys.ts'
import type { Kubernetes, Monitoring, Route } from './types/kubernetes.ts'
import type { Placed } from './types/placed.ts'

/** What holds for a project that says nothing of Kubernetes. */
export function standardKubernetes(name: string, at: Location): Kubernetes {
  return {
    at,
    image: null,
    secretName: `${name}-secrets`,
    settings: new Map(),
    egress: [],
    replicas: { min: 2, max: 4, at },
    resources: { cpu: '250m', memory: null },
    tlsSecret: null,
    route: null,
    monitoring: null,
  }
}

/** @param name the project's, from which names of objects are made. */
export function readKubernetes(node: SourceNode, name: string, access: NodeAccess): Kubernetes | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, kubernetesKeys, access)
  const standard = standardKubernetes(name, object.at)
  return {
    at: object.at,
    image: access.optional(object, 'image', (value) => readImage(value, access)),
    secretName: access.optional(object, 'secretName', (value) => readObjectName(value, access)) ?? standard.secretName,
    settings: access.optional(object, 'settings', (value) => readSettings(value, access)) ?? standard.settings,
    egress: access.optional(object, 'egress', (value) => readEgress(value, access)) ?? [],
    replicas: access.optional(object, 'replicas', (value) => readReplicas(value, access)) ?? standard.replicas,
    resources: access.optional(object, 'resources', (value) => readResources(value, access)) ?? standard.resources,
    tlsSecret: access.optional(object, 'tls', (value) => readTlsSecret(value, access)),
    route: access.optional(object, 'route', (value) => readRoute(value, access)),
    monitoring: access.optional(object, 'monitoring', (value) => readMonitoring(value, access)),
  }
}

/** The name of an image without tag and digest, as registries have it (OCI Distribution 1.1, "Pulling manifests"). */
export const imageName: RegExp =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/

function readImage(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null || (text.length <= 255 && imageName.test(text))) return text
  const hint = 'Write for example `registry.example.com/shop`; the digest is given to `postern build --image`.'
  return access.refuse(node, '`image` is the name of an image without tag and digest', hint)
}

function readSettings(node: SourceNode, access: NodeAccess): ReadonlyMap<string, Placed<string>> | null {
  const object = access.object(node)
  if (object === null) return null
  const settings = new Map<string, Placed<string>>()
  for (const [name, { value }] of object.entries) {
    // A number is taken as it is written.
    const text = value.kind === 'scalar' && typeof value.value === 'number' ? value.text : access.text(value)
    if (text !== null) settings.set(name, { value: text, at: value.at })
  }
  return settings
}

function readReplicas(node: SourceNode, access: NodeAccess): Kubernetes['replicas'] | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, replicasKeys, access)
  const min = access.optional(object, 'min', (value) => access.integer(value, 1, 9_999)) ?? 2
  const max = access.optional(object, 'max', (value) => access.integer(value, 1, 9_999)) ?? Math.max(min, 4)
  return max < min ? access.refuse(node, '`max` is less than `min`') : { min, max, at: object.at }
}

function readResources(node: SourceNode, access: NodeAccess): Kubernetes['resources'] | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, resourcesKeys, access)
  const quantity = (key: 'cpu' | 'memory', pattern: RegExp, example: string): string | null =>
    access.optional(object, key, (value) => {
      const text = value.kind === 'scalar' && typeof value.value === 'number' ? value.text : access.text(value)
      if (text === null || pattern.test(text)) return text
      return access.refuse(value, `\`${key}\` is a quantity of Kubernetes, such as \`${example}\``)
    })
  return {
    cpu: quantity('cpu', /^(?:[1-9]\d{0,4}m|[1-9]\d{0,2}|\d{1,3}\.\d{1,3})$/, '500m') ?? '250m',
    memory: quantity('memory', /^[1-9]\d{0,6}[MG]i?$/, '512Mi'),
  }
}

function readTlsSecret(node: SourceNode, access: NodeAccess): string | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, tlsSecretKeys, access)
  return access.required(object, 'secretName', (value) => readObjectName(value, access))
}

function readRoute(node: SourceNode, access: NodeAccess): Route | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, routeKeys, access)
  const gateway = access.required(object, 'gateway', (value) => readObjectName(value, access))
  const namespace = access.optional(object, 'namespace', (value) => readLabelName(value, access))
  const listener = access.optional(object, 'listener', (value) => readObjectName(value, access))
  const hosts = access.optional(object, 'hosts', (value) => access.array(value)?.items.map((item) => readHost(item, access)) ?? null) ?? []
  if (hosts.length > 16) return access.refuse(node, '`hosts` are up to 16 names')
  return gateway === null ? null : { gateway, namespace, listener, hosts: hosts.filter((host) => host !== null) }
}

/** As the Gateway API has it: a name, perhaps with `*.` in front, and no address. */
function readHost(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  const isName = text !== null && /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/.test(text)
  if (text === null || (isName && text.length <= 253 && isIP(text) === 0)) return text
  return access.refuse(node, 'an item of `hosts` is a host name in lower case, perhaps with `*.` in front')
}

function readMonitoring(node: SourceNode, access: NodeAccess): Monitoring | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, monitoringKeys, access)
  const namespace = access.required(object, 'namespace', (value) => readLabelName(value, access))
  const labels = access.optional(object, 'labels', (value) => readLabels(value, access)) ?? new Map()
  const every = access.optional(object, 'every', (value) => readEvery(value, access)) ?? 30_000
  return namespace === null ? null : { namespace, labels, every }
}

function readEvery(node: SourceNode, access: NodeAccess): number | null {
  const milliseconds = durationAt(node, 1_000, 3_600_000, access)
  if (milliseconds === null || milliseconds % 1000 === 0) return milliseconds
  return access.refuse(node, '`every` is whole seconds')
}
