/** Where a gateway in a cluster connects to: what its NetworkPolicy lets through. */
import { isIP } from 'node:net'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { Location } from '../source/location.ts'
import type { Project } from './model.ts'
import { type OutsideAddress, outsideAddresses } from './outside-addresses.ts'
import type { Egress, Kubernetes } from './types/kubernetes.ts'

export type EgressRule = {
  /** In words, for people: `books.internal:443 (backend of Books)`. */
  readonly reason: string
  /** `anywhere`: nothing but the port is known of it. */
  readonly peer: Egress['peer'] | { readonly kind: 'anywhere' }
  readonly ports: readonly number[]
}

export type EgressProblem = { readonly at: Location; readonly message: string; readonly hint: string }

export type DecidedEgress = {
  readonly rules: readonly EgressRule[]
  /** Some of them have names, which are looked up. */
  readonly namesAreLookedUp: boolean
  readonly problems: readonly EgressProblem[]
}

export function decideEgress(project: Project, kubernetes: Kubernetes): DecidedEgress {
  const rules: EgressRule[] = []
  const problems: EgressProblem[] = []
  const used = new Set<Egress>()
  let namesAreLookedUp = false
  for (const address of outsideAddresses(project)) {
    const place = placeOf(address.url, project, kubernetes)
    const entries = kubernetes.egress.filter(({ to }) => fits(to, place))
    for (const entry of entries) used.add(entry)
    namesAreLookedUp ||= place.kind !== 'known' || (!isLoopback(place.host) && isIP(place.host) === 0)
    if (entries.length > 0) rules.push(...entries.map((entry) => ruleOf(entry, place, address)))
    else if (place.kind !== 'known' || needsEntry(address, place)) problems.push(problemOf(address, place, kubernetes))
    else if (!isLoopback(place.host)) rules.push(ruleFor(place, address))
    else if (place.byDefault !== null) problems.push(loopbackProblem(address, place.byDefault, kubernetes))
  }
  for (const entry of kubernetes.egress) {
    if (!used.has(entry))
      problems.push({ at: entry.at, message: `nothing is called at \`${entry.to.name}\``, hint: 'Remove the entry, or correct it.' })
  }
  return { rules: joined(rules), namesAreLookedUp, problems }
}

type Place =
  /** `byDefault`: the setting whose default says so, where nobody gives it a value. */
  | { readonly kind: 'known'; readonly host: string; readonly port: number; readonly byDefault: string | null }
  | { readonly kind: 'unknown'; readonly setting: string }
  | { readonly kind: 'malformed' }

const standardPorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379, rediss: 6379, amqp: 5672, amqps: 5671 }

/** What of the address says the place, with the values that are known; user, path and query have no say in it. */
function placeOf(url: SettingText, { settings }: Project, kubernetes: Kubernetes): Place {
  let text = ''
  let byDefault: string | null = null
  const unknown: string[] = []
  for (const part of url) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const given = kubernetes.settings.get(part.setting)?.value
    const value = given ?? settings.get(part.setting)?.default ?? null
    if (given === undefined && value !== null) byDefault ??= part.setting
    if (value === null) unknown.push(part.setting)
    text += value ?? `\0${unknown.length - 1}\0`
  }
  const authority = /^([a-z]+):\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::([^/?#]*))?/i.exec(text)
  const [whole = text, scheme = '', host = '', port = ''] = authority ?? []
  const places = authority === null ? whole : host + port
  const missing = /\0(\d+)\0/.exec(places)?.[1]
  if (missing !== undefined) return { kind: 'unknown', setting: unknown[Number(missing)]! }
  const number = port === '' ? (standardPorts[scheme.toLowerCase()] ?? 0) : Number(port)
  if (host === '' || !Number.isInteger(number) || number < 1 || number > 65_535) return { kind: 'malformed' }
  return { kind: 'known', host: host.toLowerCase().replace(/^\[(.*)\]$/, '$1'), port: number, byDefault }
}

function fits(to: Egress['to'], place: Place): boolean {
  if (place.kind === 'malformed') return false
  if (place.kind === 'unknown') return to.kind === 'setting' && to.name === place.setting
  return to.kind === 'host' && to.name.replace(/^\[(.*)\]$/, '$1') === place.host
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host)
}

/** Nobody says where what is learnt on the way will be. */
function needsEntry({ leadsOn }: OutsideAddress, place: Place): boolean {
  return leadsOn && !(place.kind === 'known' && isLoopback(place.host))
}

function ruleOf({ peer, ports, to }: Egress, place: Place, { use }: OutsideAddress): EgressRule {
  const port = place.kind === 'known' ? place.port : 0
  return { reason: place.kind === 'known' ? `${to.name}:${port} (${use})` : `${to.name} (${use})`, peer, ports: ports ?? [port] }
}

function ruleFor({ host, port }: Extract<Place, { kind: 'known' }>, { use }: OutsideAddress): EgressRule {
  const family = isIP(host)
  const peer: EgressRule['peer'] = family === 0 ? { kind: 'anywhere' } : { kind: 'ranges', ranges: [`${host}/${family === 4 ? 32 : 128}`] }
  return { reason: `${family === 6 ? `[${host}]` : host}:${port} (${use})`, peer, ports: [port] }
}

/** One rule for one place, whatever is there. */
function joined(rules: readonly EgressRule[]): readonly EgressRule[] {
  const groups = Map.groupBy(rules, ({ peer, ports }) =>
    JSON.stringify([peer.kind === 'pods' ? { ...peer, labels: [...peer.labels] } : peer, ports]),
  )
  return [...groups.values()].map((group) => ({ ...group[0]!, reason: [...new Set(group.map(({ reason }) => reason))].join(', ') }))
}

function problemOf({ use }: OutsideAddress, place: Place, { at }: Kubernetes): EgressProblem {
  if (place.kind === 'known') {
    const message = `${place.host} (${use}) names other servers while the gateway runs: where they are is not said`
    return { at, message, hint: `Give \`kubernetes.egress\` an entry with \`host: ${place.host}\`, and the ports of all of them.` }
  }
  if (place.kind === 'malformed') {
    const message = `the ${use} is no address with the values that the settings have here`
    return { at, message, hint: 'Correct them in `kubernetes.settings`.' }
  }
  const message = `where the ${use} is says the setting \`${place.setting}\`, which has no value`
  const hint = `Give it in \`kubernetes.settings\`, or, where it holds a secret, give \`kubernetes.egress\` an entry with \`setting: ${place.setting}\`.`
  return { at, message, hint }
}

function loopbackProblem({ use }: OutsideAddress, setting: string, { at }: Kubernetes): EgressProblem {
  const message = `the ${use} is this machine where nobody gives \`${setting}\`, and in a Pod that is the Pod itself`
  return { at, message, hint: `Give \`${setting}\` a value in \`kubernetes.settings\`.` }
}
