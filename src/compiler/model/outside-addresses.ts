/** Every address that a gateway calls: what the network must let through, and nothing else. */
import type { BackendCredentialPlan } from '../../contract/plan/backend-credential.ts'
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Project } from './model.ts'
import type { Backend } from './types/backend.ts'

export type OutsideAddress = {
  readonly url: SettingText
  /** In words: what is there. */
  readonly use: string
  /** Others are learnt from it while the gateway runs: members of a Cluster, the master that sentinels name. */
  readonly leadsOn: boolean
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
  const at = (url: SettingText, use: string): OutsideAddress => ({ url, use, leadsOn: false })
  for (const { title, operations } of project.apis) {
    for (const { production, sandbox } of operations) {
      for (const backend of [production, sandbox]) {
        if (backend === null) continue
        yield at(backend.value.url, `backend of ${title}`)
        const tokens = tokenEndpoint(backend.value)
        if (tokens !== null) yield at(tokens, `token endpoint for the backend of ${title}`)
      }
    }
  }
  for (const { issuer, fetchedKeys, introspection } of project.issuers) {
    if (fetchedKeys !== null) yield at(fetchedKeys.service.url, `keys of ${issuer}`)
    if (introspection === null) continue
    yield at(introspection.service.url, `introspection of ${issuer}`)
    const { shared } = introspection.cache
    if (shared !== null) yield at(shared.url, `shared answers of ${issuer}`)
  }
  for (const { value } of project.revocation?.feeds ?? []) for (const url of feedAddresses(value)) yield at(url, 'feed of revocations')
  const { store, trafficManager } = project.throttling
  for (const url of store?.urls ?? []) yield { url, use: 'store of limits', leadsOn: store?.topology.kind !== 'server' }
  if (trafficManager === null) return
  yield at(trafficManager.events.url, 'events for the Traffic Manager')
  yield at(trafficManager.data.url, 'templates and blocks of the Traffic Manager')
  yield at(trafficManager.decisions.url, 'decisions of the Traffic Manager')
}

function tokenEndpoint({ credential }: Backend): SettingText | null {
  const plan: BackendCredentialPlan | null = credential?.plan ?? null
  return plan?.kind === 'client-credentials' ? plan.service.url : null
}

export function feedAddresses(feed: RevocationFeedPlan): readonly SettingText[] {
  return feed.kind === 'etcd' ? feed.endpoints : [feed.url]
}
