/** What an operator gives as a setting: whether it is a secret, the path of a file or something that anybody may read. */
import type { ClientAuthenticationPlan } from '../../contract/plan/client-authentication.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { BackendTlsPlan } from '../../contract/plan/tls.ts'
import type { Project } from './model.ts'
import { feedAddresses } from './outside-addresses.ts'
import type { BackendCredential } from './types/backend.ts'
import type { Introspection } from './types/introspection.ts'
import type { Service } from './types/service.ts'
import type { TrafficManager } from './types/throttling.ts'

/** `login`: an address that may hold a user and a password. `partOfPath`: a path is made of it and of something else. */
export type SettingKind = 'secret' | 'login' | 'file' | 'partOfPath' | 'plain'

/** By name, every setting of the project. What is used in several ways is what asks for the most care. */
export function settingKinds(project: Project): ReadonlyMap<string, SettingKind> {
  const kinds = new Map<string, SettingKind>([...project.settings.keys()].map((name) => [name, 'plain']))
  for (const [kind, text] of usesOfSettings(project)) {
    for (const part of text) {
      if (typeof part === 'string') continue
      const known = kinds.get(part.setting) ?? 'plain'
      if (order.indexOf(kind) < order.indexOf(known)) kinds.set(part.setting, kind)
    }
  }
  return kinds
}

const order: readonly SettingKind[] = ['secret', 'login', 'partOfPath', 'file', 'plain']

type Use = readonly [SettingKind, SettingText]

function* usesOfSettings(project: Project): Generator<Use> {
  for (const { operations } of project.apis) {
    for (const { production, sandbox } of operations) {
      for (const backend of [production?.value, sandbox?.value]) {
        if (backend === undefined) continue
        yield* ofTls(backend.tls)
        if (backend.credential !== null) yield* ofCredential(backend.credential)
      }
    }
  }
  for (const { fetchedKeys, introspection } of project.issuers) {
    if (fetchedKeys !== null) yield* ofService(fetchedKeys.service)
    if (introspection !== null) yield* ofIntrospection(introspection)
  }
  for (const { value } of project.revocation?.feeds ?? []) {
    for (const url of feedAddresses(value)) yield* ofLogin(url)
    if (value.login !== null) yield ['secret', value.login.password]
  }
  const { store, trafficManager } = project.throttling
  for (const url of store?.urls ?? []) yield* ofLogin(url)
  if (store?.secret) yield ['secret', store.secret]
  if (trafficManager !== null) yield* ofTrafficManager(trafficManager)
  if (project.backendToken !== null) yield ['secret', project.backendToken.key]
}

function* ofTrafficManager({ login, events, data, decisions }: TrafficManager): Generator<Use> {
  yield* ofService(events)
  yield* ofService(data)
  yield* ofLogin(decisions.url)
  for (const each of [login, decisions.login]) if (each !== null) yield ['secret', each.password]
}

function* ofIntrospection({ service, credentials, cache: { shared } }: Introspection): Generator<Use> {
  yield* ofService(service)
  yield* ofClient(credentials)
  if (shared === null) return
  yield ['secret', shared.secret]
  yield* ofLogin(shared.url)
}

function* ofCredential({ plan, tls }: BackendCredential): Generator<Use> {
  yield* ofTls(tls)
  switch (plan.kind) {
    case 'basic':
    case 'digest':
      yield ['secret', plan.password]
      break
    case 'api-key':
      yield ['secret', plan.key]
      break
    case 'client-credentials':
      yield ofQuery(plan.service.url)
      yield* ofClient(plan.client)
  }
}

function* ofClient(client: ClientAuthenticationPlan): Generator<Use> {
  if (client.kind === 'private_key_jwt') yield ofFile(client.keyFile)
  else if (client.kind !== 'tls') yield ['secret', client.clientSecret]
}

function* ofTls(tls: Service['tls'] | BackendTlsPlan): Generator<Use> {
  const pair = tls?.clientCertificate ?? null
  if (pair !== null) yield* [ofFile(pair.certificate), ofFile(pair.key)]
}

function* ofService({ url, tls }: Service): Generator<Use> {
  yield ofQuery(url)
  yield* ofTls(tls)
}

/** What stands in a query opens something more often than not. */
function ofQuery(url: SettingText): Use {
  const start = url.findIndex((part) => typeof part === 'string' && part.includes('?'))
  return ['secret', start === -1 ? [] : url.slice(start)]
}

function ofFile(path: SettingText): Use {
  return [path.length === 1 ? 'file' : 'partOfPath', path]
}

/** What stands in front of `@` or in the query is a secret, and an address that is a setting as a whole may hold one. */
function* ofLogin(url: SettingText): Generator<Use> {
  const [first] = url
  if (first !== undefined && typeof first !== 'string') yield ['login', [first]]
  yield ofQuery(url)
  const end = url.findLastIndex((part) => typeof part === 'string' && part.includes('@'))
  yield ['secret', url.slice(0, Math.max(0, end)).slice(typeof first === 'string' ? 0 : 1)]
}
