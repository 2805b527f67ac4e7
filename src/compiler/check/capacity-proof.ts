/** What can reach a backend at the most, whoever calls: the sum of what limits over all callers let through, of all APIs that it serves. */
import type { Project } from '../model/model.ts'
import type { Api } from '../model/types/api.ts'
import type { Backend } from '../model/types/backend.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Capacities, Throttle } from '../model/types/throttling.ts'
import { mostRequests } from './most-requests.ts'

type Kind = 'production' | 'sandbox'

/** What an API sends to one of its backends. */
type Use = { readonly api: Api; readonly kind: Kind; readonly operations: readonly Operation[] }

/** Of one backend of one API for which a capacity is declared. */
export type CapacityProof = {
  readonly api: Api
  readonly kind: Kind
  /** As it is written: scheme, host and port. */
  readonly address: string
  readonly capacity: NonNullable<Capacities[Kind]>
  /** Within the capacity's time, by each API; infinite where nothing bounds it. */
  readonly parts: readonly { readonly api: Api; readonly most: number }[]
  /** All together, times the gateways that count for themselves. */
  readonly most: number
  /** Addresses that a setting may make the same one: they are taken for others. */
  readonly perhapsTheSame: readonly string[]
}

export function capacityProofs(project: Project): readonly CapacityProof[] {
  const backends = usesByBackend(project)
  const addresses = [...backends.keys()]
  return [...backends].flatMap(([address, uses]) =>
    uses.flatMap(({ api, kind }) => {
      const capacity = api.capacities[kind]
      if (capacity === null) return []
      const parts = uses.map((use) => ({ api: use.api, most: mostOf(use, capacity.value.per, project) }))
      const most = timesCounted(project) * parts.reduce((sum, part) => sum + part.most, 0)
      const perhapsTheSame = addresses.filter((other) => other !== address && (hasSetting(other) || hasSetting(address)))
      return [{ api, kind, address, capacity, parts, most, perhapsTheSame }]
    }),
  )
}

/** Of a proof that holds, a line. */
export function proofInWords({ api, kind, address, capacity, most, perhapsTheSame }: CapacityProof): string {
  const { requests, per } = capacity.value
  const others = perhapsTheSame.slice(0, mostNamed).join(', ')
  const further = perhapsTheSame.length > mostNamed ? ` and ${perhapsTheSame.length - mostNamed} more` : ''
  const but = others === '' ? '' : `; unless a setting makes it the same host as ${others}${further}, which are taken for others`
  return `${api.title}, ${kind} backend ${address}: at most ${most} of the ${requests} requests in ${per} ms that it bears${but}`
}

const mostNamed = 3

function hasSetting(address: string): boolean {
  return address.includes('${')
}

/** How often a limit can hold at the same time, by where it is counted. */
function timesCounted({ throttling: { store, replicas } }: Project): number {
  if (store === null) return replicas
  // Around the moment when Redis goes, what each gateway may let pass alone comes on top.
  return { deny: 1, local: 2, allow: Infinity }[store.whenAway]
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
