/** What an operation has that most have not, in few words, for the overview of a gateway. */
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { Manifest } from '../contract/manifest.ts'
import { toldOtherwise } from './described-identity.ts'
import { visible } from './formats/text.ts'

export function describeParticulars(operation: ManifestOperation, manifest: Manifest): string {
  const { subscription, extensions, transport } = operation
  return [
    ...(subscription === null ? [] : ['subscription']),
    ...extensions.map((step) => `own ${step}`),
    ...(transport.kind === 'any' ? [] : [`${transport.kind} only`]),
    ...acceptedIssuers(operation),
    ...toldOtherwise(operation, manifest),
  ].join(', ')
}

/** Nothing where tokens of all the project's issuers will do. */
function acceptedIssuers({ security: { issuersAt, alternatives } }: ManifestOperation): readonly string[] {
  if (issuersAt === null) return []
  const names = new Set(alternatives.flatMap(({ issuers }) => issuers))
  return [`tokens of ${[...names].map(visible).join(' and ')} only`]
}
