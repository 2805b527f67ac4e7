/** Where a gateway in a cluster connects to: what its NetworkPolicy lets through, and nothing else. */
import { isIP } from 'node:net'
import { type AddressPlace, isThisMachine, placeOf } from './address-place.ts'
import { canonicalAddress } from './canonical-range.ts'
import {
  type EgressProblem,
  leadsOnUnsaid,
  namesWithoutEntry,
  noAddress,
  settingWithoutValue,
  thisMachineByDefault,
} from './egress-problems.ts'
import type { Project } from './model.ts'
import { type OutsideAddress, outsideAddresses } from './outside-addresses.ts'
import type { Egress, Kubernetes } from './types/kubernetes.ts'

export type EgressRule = {
  /** In words, for people: `books.internal:443 (backend of Books)`. */
  readonly reasons: readonly string[]
  readonly peer: Egress['peer']
  readonly ports: readonly number[]
}

export type DecidedEgress = {
  readonly rules: readonly EgressRule[]
  /** Some of them have names, which are looked up. */
  readonly namesAreLookedUp: boolean
  readonly problems: readonly EgressProblem[]
}

type KnownPlace = Extract<AddressPlace, { kind: 'known' }>

export function decideEgress(project: Project, kubernetes: Kubernetes): DecidedEgress {
  const rules: EgressRule[] = []
  const problems: EgressProblem[] = []
  const named: (readonly [OutsideAddress, KnownPlace])[] = []
  const used = new Set<Egress>()
  let namesAreLookedUp = false
  for (const address of outsideAddresses(project)) {
    const place = placeOf(address.url, project, kubernetes)
    const entries = kubernetes.egress.filter(({ to }) => fits(to, place))
    for (const entry of entries) used.add(entry)
    namesAreLookedUp ||= place.kind !== 'known' || isName(place.host)
    if (entries.length > 0) rules.push(...entries.map((entry) => ruleOf(entry, place, address)))
    else if (place.kind === 'unknown') problems.push(settingWithoutValue(address, place.setting))
    else if (place.kind === 'malformed') problems.push(noAddress(address, place))
    else if (isThisMachine(place.host)) problems.push(...problemOfThisMachine(address, place))
    else if (address.leadsOn) problems.push(leadsOnUnsaid(address, place))
    else if (isName(place.host)) named.push([address, place])
    else rules.push(ruleFor(place, address))
  }
  for (const entry of kubernetes.egress) {
    if (!used.has(entry))
      problems.push({ at: entry.at, message: `nothing is called at \`${entry.to.name}\``, hint: 'Remove the entry, or correct it.' })
  }
  return { rules: joined(rules), namesAreLookedUp, problems: [...problems, ...namesWithoutEntry(named)] }
}

function fits(to: Egress['to'], place: AddressPlace): boolean {
  if (place.kind === 'malformed') return false
  if (place.kind === 'unknown') return to.kind === 'setting' && to.name === place.setting
  return to.kind === 'host' && to.name.replace(/^\[(.*)\]$/, '$1') === place.host
}

function isName(host: string): boolean {
  return !isThisMachine(host) && isIP(host) === 0
}

/** What is in the same Pod needs no rule; who says nothing may not mean that. */
function problemOfThisMachine(address: OutsideAddress, { byDefault }: KnownPlace): readonly EgressProblem[] {
  return byDefault === null ? [] : [thisMachineByDefault(address, byDefault)]
}

function ruleOf({ peer, ports, to }: Egress, place: AddressPlace, { use }: OutsideAddress): EgressRule {
  const port = place.kind === 'known' ? place.port : 0
  return { reasons: [place.kind === 'known' ? `${to.name}:${port} (${use})` : `${to.name} (${use})`], peer, ports: ports ?? [port] }
}

function ruleFor({ host, port }: KnownPlace, { use }: OutsideAddress): EgressRule {
  const address = canonicalAddress(host)
  const peer: EgressRule['peer'] = { kind: 'ranges', ranges: [`${address}/${isIP(address) === 6 ? 128 : 32}`] }
  return { reasons: [`${isIP(host) === 6 ? `[${host}]` : host}:${port} (${use})`], peer, ports: [port] }
}

/** One rule for one place, whatever is there. */
function joined(rules: readonly EgressRule[]): readonly EgressRule[] {
  const groups = Map.groupBy(rules, ({ peer, ports }) =>
    JSON.stringify([peer.kind === 'pods' ? { ...peer, labels: [...peer.labels] } : peer, ports]),
  )
  return [...groups.values()].map((group) => ({ ...group[0]!, reasons: [...new Set(group.flatMap(({ reasons }) => reasons))] }))
}
