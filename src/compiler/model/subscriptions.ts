/** The file that `subscriptions` of postern.yaml names: applications, the keys by which their callers are known, and their subscriptions. */
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readConsumerKeys } from './consumer-keys.ts'
import { readUnique } from './credential-entries.ts'
import { placedText } from './placed-text.ts'
import { applicationKeys, checkProjectKeys, subscriptionKeys } from './project-keys.ts'
import { subscriptionStates } from './subscription-meaning.ts'
import type { Placed } from './types/placed.ts'
import type { ApiSubscription, Application, Subscriptions } from './types/subscriptions.ts'

/** `null` where the project does not name such a file. One that cannot be read is reported, and nobody is subscribed to anything. */
export function readSubscriptionFile(file: Placed<string> | null, sources: Sources, diagnostics: Diagnostics): Subscriptions | null {
  if (file === null) return null
  const document = sources.document(file.value, file.at)
  const access = new NodeAccess(diagnostics, 'invalid-subscriptions')
  return { at: file.at, applications: document === null ? [] : readApplications(document, access) }
}

function readApplications(node: SourceNode, access: NodeAccess): readonly Application[] {
  const root = access.object(node)
  if (root === null) return []
  access.checkKeys(root, ['applications'])
  const ids = new Map<string, SourceNode>()
  const list = access.required(root, 'applications', (value) => access.array(value))
  return (list?.items ?? []).map((item) => readApplication(item, ids, access)).filter((application) => application !== null)
}

function readApplication(node: SourceNode, ids: Map<string, SourceNode>, access: NodeAccess): Application | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, applicationKeys, access)
  const id = access.required(object, 'id', (value) => readId(value, ids, access))
  const optional = (key: 'uuid' | 'owner'): string | null => access.optional(object, key, (value) => readName(value, access))
  const application = {
    uuid: optional('uuid'),
    name: access.required(object, 'name', (value) => readName(value, access)) ?? '',
    owner: optional('owner'),
    tier: access.optional(object, 'tier', (value) => placedText(value, access)),
    keys: access.required(object, 'keys', (value) => readConsumerKeys(value, access)) ?? [],
    subscriptions: access.required(object, 'subscriptions', (value) => readSubscriptions(value, access)) ?? [],
  }
  return id === null ? null : { id, at: object.at, ...application }
}

/** A number is taken as it is written, as WSO2 counts applications. */
function readId(node: SourceNode, ids: Map<string, SourceNode>, access: NodeAccess): string | null {
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return readUnique(node, ids, isName, access)
  if (!ids.has(node.text)) {
    ids.set(node.text, node)
    return node.text
  }
  return access.refuse(node, `the same \`id\` is already there, at line ${ids.get(node.text)!.at.line}`)
}

function readName(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  return text === null || isName(text) ? text : access.refuse(node, `\`${node.step}\` has control characters, or over 128 characters`)
}

function isName(text: string): boolean {
  return text.length <= 128 && !/\p{Cc}/u.test(text)
}

function readSubscriptions(node: SourceNode, access: NodeAccess): readonly ApiSubscription[] | null {
  return access.array(node)?.items.flatMap((item) => readSubscription(item, access) ?? []) ?? null
}

function readSubscription(node: SourceNode, access: NodeAccess): ApiSubscription | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, subscriptionKeys, access)
  const api = access.required(object, 'api', (value) => placedText(value, access))
  const version = access.required(object, 'version', (value) => readVersion(value, access))
  const tier = access.optional(object, 'tier', (value) => placedText(value, access))
  const state = object.entries.has('state')
    ? access.optional(object, 'state', (value) =>
        access.oneOf(value, Object.keys(subscriptionStates) as (keyof typeof subscriptionStates)[]),
      )
    : 'ACTIVE'
  return api === null || version === null || state === null ? null : { api, version, tier, state: subscriptionStates[state] }
}

/** A number is taken as it is written: YAML reads `version: 1.0` as one. */
function readVersion(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const at: Location = node.at
  return node.kind === 'scalar' && typeof node.value === 'number' ? { value: node.text, at } : placedText(node, access)
}
