/** What is missing for a NetworkPolicy that is exact, in words, with what to write. */
import type { Location } from '../source/location.ts'
import type { AddressPlace } from './address-place.ts'
import type { OutsideAddress } from './outside-addresses.ts'

export type EgressProblem = { readonly at: Location; readonly message: string; readonly hint: string }

type KnownPlace = Extract<AddressPlace, { kind: 'known' }>

/** More would make a message that nobody reads. */
const mostUses = 5

/** One for each name, at its first place. */
export function namesWithoutEntry(named: readonly (readonly [OutsideAddress, KnownPlace])[]): readonly EgressProblem[] {
  return [...Map.groupBy(named, ([, { host }]) => host)].map(([host, [first, ...others]]) => {
    const uses = [first!, ...others].map(([{ use }, { port }]) => `${host}:${port} (${use})`)
    const more = uses.length > mostUses ? ` and ${uses.length - mostUses} more` : ''
    const [{ at }, { writtenAt }] = first!
    return {
      at: writtenAt ?? at,
      message: `where ${uses.slice(0, mostUses).join(', ')}${more} is, \`kubernetes.egress\` does not say, and a NetworkPolicy knows no names`,
      hint: entryFor(host),
    }
  })
}

/** A Service's name tells the namespace. */
function entryFor(host: string): string {
  const [, service = null, namespace = null] = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.|$)/.exec(host) ?? []
  const name = inYaml(host)
  const label = service ?? /^[a-z0-9-]+/.exec(host)?.[0] ?? 'name'
  const ranges = `\`{ host: ${name}, cidrs: [10.20.0.0/16] }\` with its address ranges`
  const pods = `\`{ host: ${name}, namespace: ${inYaml(namespace ?? label)}, pods: { app: ${inYaml(label)} } }\` with the labels of its Pods`
  const [one, other] = service === null ? [ranges, pods] : [pods, ranges]
  return `Add to \`kubernetes.egress\` ${one}, or ${other}. Where nothing better is known, \`cidrs: [0.0.0.0/0, "::/0"]\` says anywhere.`
}

/** As a text, whatever it looks like. */
function inYaml(text: string): string {
  return /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*$/.test(text) && !/^(?:null|true|false)$/.test(text) ? text : JSON.stringify(text)
}

export function leadsOnUnsaid({ use, at }: OutsideAddress, { host, writtenAt }: KnownPlace): EgressProblem {
  const message = `${host} (${use}) names other servers while the gateway runs: where they are is not said`
  const hint = `Give \`kubernetes.egress\` an entry with \`host: ${inYaml(host)}\`, and the ports of all of them.`
  return { at: writtenAt ?? at, message, hint }
}

export function noAddress({ use, at }: OutsideAddress, { writtenAt }: Extract<AddressPlace, { kind: 'malformed' }>): EgressProblem {
  const message = `the ${use} is no address with the values that the settings have here`
  return { at: writtenAt ?? at, message, hint: 'Correct them in `kubernetes.settings`.' }
}

export function settingWithoutValue({ use, at }: OutsideAddress, setting: string): EgressProblem {
  const message = `where the ${use} is says the setting \`${setting}\`, which has no value`
  const hint = `Give it in \`kubernetes.settings\`, or, where it holds a secret, give \`kubernetes.egress\` an entry with \`setting: ${setting}\`.`
  return { at, message, hint }
}

export function thisMachineByDefault({ use, at }: OutsideAddress, setting: string): EgressProblem {
  const message = `the ${use} is this machine where nobody gives \`${setting}\`, and in a Pod that is the Pod itself`
  return { at, message, hint: `Give \`${setting}\` a value in \`kubernetes.settings\`.` }
}
