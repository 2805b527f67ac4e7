import type { Api, Backend, Operation, Project, Throttle } from '../../model/model.ts'
import { mostRequests } from '../most-requests.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

type Kind = 'production' | 'sandbox'

/** What an API sends to one of its backends. */
type Use = { readonly api: Api; readonly kind: Kind; readonly operations: readonly Operation[] }

/** A backend that can be sent more than it is said to bear. Waiving nothing: what is declared is meant. */
export const rule: Rule = ({ project, complete, report }) => {
  if (!complete) return
  for (const uses of usesByBackend(project).values()) {
    for (const { api, kind } of uses) {
      const capacity = api.capacities[kind]
      if (capacity === null) continue
      const { requests, per } = capacity.value
      const parts = uses.map((use) => ({ use, most: mostOf(use, per, project) }))
      const most = timesCounted(project) * parts.reduce((sum, part) => sum + part.most, 0)
      if (most <= requests) continue
      const within = `in ${per} ms`
      const unbounded = parts.find((part) => part.most === Infinity)
      if (unbounded !== undefined) {
        const message = `the ${kind} backend bears ${requests} requests ${within}, and nothing bounds what ${quoted(unbounded.use.api.title)} sends to it`
        report('over-capacity', capacity.at, message, 'Give the API a `hardLimit` for that backend.')
      } else {
        const shares = parts.map(({ use, most: own }) => `${own} from ${quoted(use.api.title)}`).join(', ')
        const times = timesInWords(project)
        report(
          'over-capacity',
          capacity.at,
          `the ${kind} backend bears ${requests} requests ${within}, and up to ${most} can reach it: ${shares}${times}`,
        )
      }
    }
  }
}

/** How often a limit can hold at the same time, by where it is counted. */
function timesCounted({ throttling: { store, replicas } }: Project): number {
  if (store === null) return replicas
  // Around the moment when Redis goes, what each gateway may let pass alone comes on top.
  return { deny: 1, local: 2, allow: Infinity }[store.whenAway]
}

function timesInWords({ throttling: { store, replicas } }: Project): string {
  if (store === null) return replicas === 1 ? '' : `, in each of ${replicas} gateways`
  return { deny: '', local: ', and as much again when Redis goes', allow: ', and all while Redis is away' }[store.whenAway]
}

/** Backends are the same where requests go to the same address. */
function usesByBackend({ apis }: Project): ReadonlyMap<string, readonly Use[]> {
  const found = new Map<string, Use[]>()
  for (const api of apis) {
    for (const kind of ['production', 'sandbox'] as const) {
      for (const [address, operations] of Map.groupBy(api.operations, (operation) => addressOf(operation[kind]?.value ?? null))) {
        if (address === null) continue
        const uses = found.get(address) ?? []
        uses.push({ api, kind, operations })
        found.set(address, uses)
      }
    }
  }
  return found
}

/** Scheme, host and port, as written but for the default port: the path does not make another machine. */
function addressOf(backend: Backend | null): string | null {
  if (backend === null) return null
  const text = backend.url.map((part) => (typeof part === 'string' ? part : `\${${part.setting}}`)).join('')
  const address = /^[a-z]+:\/\/[^/]*/i.exec(text)?.[0].toLowerCase() ?? text
  return address.replace(/^(http:.*):80$|^(https:.*):443$/, '$1$2')
}

/** By whichever limit over all callers is the narrowest: the hard one, the API's, or those of its operations together. */
function mostOf({ api, kind, operations }: Use, milliseconds: number, project: Project): number {
  const hard = api.hardLimits[kind]
  // What a Traffic Manager counts, it bounds afterwards.
  const ofTier = (throttle: Throttle | null): number =>
    project.throttling.trafficManager === null && throttle?.by === 'api' && !project.tierGroups.has(throttle.tier.value)
      ? mostRequests(project.tiers.get(throttle.tier.value)?.windows ?? [], milliseconds)
      : Infinity
  const ofOperations = operations.reduce((sum, operation) => sum + ofTier(operation.throttle), 0)
  const most = Math.min(hard === null ? Infinity : mostRequests(hard.value, milliseconds), ofTier(api.throttle), ofOperations)
  return operations.some((operation) => mayBeAskedTwice(operation[kind]?.value.credential ?? null)) ? 2 * most : most
}

/** What the backend refuses with 401 is sent once more, with the nonce or token that it wants now. */
function mayBeAskedTwice(credential: Backend['credential']): boolean {
  return credential !== null && (credential.plan.kind === 'digest' || credential.plan.kind === 'client-credentials')
}
