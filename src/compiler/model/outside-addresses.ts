/** Every address that a gateway calls: what the network must let through, and nothing else. */
import type { BackendCredentialPlan } from '../../contract/plan/backend-credential.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import type { Project } from './model.ts'

export type OutsideAddress = {
  readonly url: SettingText
  /** In words: what is there. */
  readonly use: string
  /** Others are learnt from it while the gateway runs: members of a Cluster, the master that sentinels name. */
  readonly leadsOn: boolean
  /** Where the project names it first. */
  readonly at: Location
}

/** Each once, by its text; in the order in which the project names them. */
export function outsideAddresses(project: Project): readonly OutsideAddress[] {
  const found = new Map<string, OutsideAddress>()
  for (const each of all(project)) {
    const key = JSON.stringify(each.url)
    const known = found.get(key)
    found.set(key, known === undefined ? each : { ...known, leadsOn: known.leadsOn || each.leadsOn })
  }
  return [...found.values()]
}

function* all(project: Project): Generator<OutsideAddress> {
  const called = (url: SettingText, use: string, at: Location): OutsideAddress => ({ url, use, leadsOn: false, at })
  for (const { title, operations } of project.apis) {
    for (const { production, sandbox } of operations) {
      for (const backend of [production, sandbox]) {
        if (backend === null) continue
        yield called(backend.value.url, `backend of ${title}`, backend.at)
        const { credential } = backend.value
        const tokens = credential === null ? null : tokenEndpoint(credential.plan)
        if (credential !== null && tokens !== null) yield called(tokens, `token endpoint for the backend of ${title}`, credential.at)
      }
    }
  }
  for (const { issuer, fetchedKeys, introspection } of project.issuers) {
    if (fetchedKeys !== null) yield called(fetchedKeys.service.url, `keys of ${issuer}`, fetchedKeys.service.at)
    if (introspection === null) continue
    yield called(introspection.service.url, `introspection of ${issuer}`, introspection.service.at)
    const { shared } = introspection.cache
    if (shared !== null) yield called(shared.url, `shared answers of ${issuer}`, shared.at)
  }
  for (const { value, at } of project.revocation?.feeds ?? [])
    for (const url of feedAddresses(value)) yield called(url, 'feed of revocations', at)
  const { store, trafficManager } = project.throttling
  if (store !== null)
    for (const url of store.urls) yield { ...called(url, 'store of limits', store.at), leadsOn: store.topology.kind !== 'server' }
  if (trafficManager === null) return
  const { events, data, decisions } = trafficManager
  yield called(events.url, 'events for the Traffic Manager', events.at)
  yield called(data.url, 'templates and blocks of the Traffic Manager', data.at)
  yield called(decisions.url, 'decisions of the Traffic Manager', decisions.at)
}

function tokenEndpoint(plan: BackendCredentialPlan): SettingText | null {
  return plan.kind === 'client-credentials' ? plan.service.url : null
}

export function feedAddresses(feed: RevocationFeedPlan): readonly SettingText[] {
  return feed.kind === 'etcd' ? feed.endpoints : [feed.url]
}
