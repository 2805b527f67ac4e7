/** `kubernetes.egress` of postern.yaml: where the addresses that the gateway calls are in the cluster's network. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { canonicalRange } from './canonical-range.ts'
import { readLabelName, readLabels } from './kubernetes-names.ts'
import { checkProjectKeys, egressKeys } from './project-keys.ts'
import { isAddressRange } from './trusted-proxies.ts'
import type { Egress } from './types/kubernetes.ts'

export function readEgress(node: SourceNode, access: NodeAccess): readonly Egress[] | null {
  const items = access.array(node)?.items
  return items?.map((item) => readEntry(item, access)).filter((each) => each !== null) ?? null
}

function readEntry(node: SourceNode, access: NodeAccess): Egress | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, egressKeys, access)
  const to = readTo(object, access)
  const peer = readPeer(object, access)
  const ports = access.optional(object, 'ports', (value) => readPorts(value, access))
  if (to === null || peer === null || (ports === null && entry(object, 'ports') !== null)) return null
  if (to.kind === 'setting' && ports === null)
    return access.refuse(object, 'the port of an address that is a setting is not known', 'Give `ports`.')
  return { at: object.at, to, peer, ports }
}

function readTo(object: ObjectNode, access: NodeAccess): Egress['to'] | null {
  const host = access.optional(object, 'host', (value) => access.text(value))
  const setting = access.optional(object, 'setting', (value) => access.text(value))
  if ((entry(object, 'host') === null) === (entry(object, 'setting') === null))
    return access.refuse(object, 'an entry of `egress` is for a `host` or for a `setting`', 'Give one of the two.')
  if (host !== null) return { kind: 'host', name: host.toLowerCase() }
  return setting === null ? null : { kind: 'setting', name: setting }
}

function readPeer(object: ObjectNode, access: NodeAccess): Egress['peer'] | null {
  const ranges = access.optional(object, 'cidrs', (value) => readRanges(value, access))
  const namespace = access.optional(object, 'namespace', (value) => readLabelName(value, access))
  const labels = access.optional(object, 'pods', (value) => readLabels(value, access))
  const [hasRanges, hasNamespace, hasPods] = ['cidrs', 'namespace', 'pods'].map((key) => entry(object, key) !== null)
  if (hasRanges === true && (hasNamespace === true || hasPods === true))
    return access.refuse(object, 'what has `cidrs` is no pod', 'Give `cidrs`, or `namespace` and `pods`.')
  if (hasRanges === true) return ranges === null ? null : { kind: 'ranges', ranges }
  if (hasNamespace !== true || hasPods !== true)
    return access.refuse(object, 'it is not said where this is', 'Give `cidrs`, or `namespace` and `pods`.')
  return namespace === null || labels === null ? null : { kind: 'pods', namespace, labels }
}

/** With their prefix. */
function readRanges(node: SourceNode, access: NodeAccess): readonly string[] | null {
  const list = access.array(node)
  if (list === null) return null
  const ranges = list.items.map((item) => {
    const text = access.text(item)
    if (text === null) return null
    if (!text.includes('/') || !isAddressRange(text))
      return access.refuse(item, 'an item of `cidrs` is an address range, such as `10.20.0.0/16` or `10.20.0.7/32`')
    const hint = 'Write its first address, such as `10.20.0.0/16`, or one address as `10.20.0.7/32`; and IPv4 as IPv4.'
    return canonicalRange(text) ?? access.refuse(item, 'an item of `cidrs` does not begin with the first address of its range', hint)
  })
  return ranges.length === 0 ? access.refuse(node, '`cidrs` names no range') : ranges.filter((range) => range !== null)
}

function readPorts(node: SourceNode, access: NodeAccess): readonly number[] | null {
  const list = access.array(node)
  if (list === null) return null
  const ports = list.items.map((item) => access.integer(item, 1, 65_535)).filter((port) => port !== null)
  return ports.length === 0 ? access.refuse(node, '`ports` names no port') : ports.toSorted((a, b) => a - b)
}
