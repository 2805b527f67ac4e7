import type { Api } from '../../model/types/api.ts'
import type { Operation } from '../../model/types/operation.ts'
import type { Placed } from '../../model/types/placed.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Holders that the project does not have, and holders where no certificate is asked for: neither would confine anything. */
export const rule: Rule = ({ project, report }) => {
  const known = (project.clientCertificates?.holders ?? []).map(({ id }) => id)
  const bound = project.issuers.some(({ senderConstrained }) => senderConstrained?.certificate === true)
  const confining = new Map<NonNullable<Operation['certificates']>, boolean>()
  for (const api of project.apis) {
    for (const operation of api.operations) {
      const { certificates } = operation
      if (certificates !== null) confining.set(certificates, confining.get(certificates) === true || bound || asks(api, operation))
    }
  }
  for (const [certificates, confines] of confining) {
    if (!confines) {
      const hint = 'Ask for one with the scheme `mutualTLS` or `x-wso2-mutual-ssl`, or leave the key out.'
      report('unenforceable-security', certificates.at, 'certificates are named where no operation asks for one', hint)
    }
    for (const { value, at } of unknown(certificates.value, known))
      report('unknown-certificate', at, `postern.yaml has no holder ${quoted(value)}`, () => didYouMean(value, known))
  }
}

function asks({ mutualTls }: Api, { security }: Operation): boolean {
  if (mutualTls !== null) return true
  return (
    security.kind === 'required' && security.requirements.some(({ schemes }) => schemes.some(({ scheme }) => scheme.kind === 'mutualTLS'))
  )
}

function unknown(named: readonly Placed<string>[], known: readonly string[]): readonly Placed<string>[] {
  return named.filter(({ value }) => !known.includes(value))
}
