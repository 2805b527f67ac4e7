import type { Project } from '../../model/model.ts'
import { capacityProofs } from '../capacity-proof.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** A backend that can be sent more than it is said to bear. Waiving nothing: what is declared is meant. */
export const rule: Rule = ({ project, complete, report }) => {
  if (!complete) return
  for (const { kind, capacity, parts, most } of capacityProofs(project)) {
    const { requests, per } = capacity.value
    if (most <= requests) continue
    const within = `in ${per} ms`
    const unbounded = parts.find((part) => part.most === Infinity)
    if (unbounded !== undefined) {
      const message = `the ${kind} backend bears ${requests} requests ${within}, and nothing bounds what ${quoted(unbounded.api.title)} sends to it`
      report('over-capacity', capacity.at, message, 'Give the API a `hardLimit` for that backend.')
    } else {
      const shares = parts.map(({ api, most: own }) => `${own} from ${quoted(api.title)}`).join(', ')
      const times = timesInWords(project)
      const message = `the ${kind} backend bears ${requests} requests ${within}, and up to ${most} can reach it: ${shares}${times}`
      report('over-capacity', capacity.at, message)
    }
  }
}

function timesInWords({ throttling: { store, replicas } }: Project): string {
  if (store === null) return replicas === 1 ? '' : `, in each of ${replicas} gateways`
  return { deny: '', local: ', and as much again when Redis goes', allow: ', and all while Redis is away' }[store.whenAway]
}
