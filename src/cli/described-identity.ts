/** What the backend is told of who calls, in words. */
import type { ManifestOperation } from '../contract/manifest/operation.ts'
import type { SourceReference } from '../contract/manifest/source-reference.ts'
import type { Manifest } from '../contract/manifest.ts'

type Telling = Pick<Manifest, 'backendToken' | 'consumerFields'>

/** Each thing with where that is written. */
export function describeTold(
  operation: ManifestOperation,
  telling: Telling,
): readonly { readonly text: string; readonly at: SourceReference | null }[] {
  const { token, tokenAt, fields, fieldsAt, credential, credentialAt } = operation.identity
  const { backendToken, consumerFields } = telling
  const notTold = leftOut(operation, telling)
  return [
    ...(token && backendToken !== null ? [{ text: `a token in ${backendToken.header}`, at: tokenAt }] : []),
    ...(notTold.token ? [{ text: 'no token', at: tokenAt }] : []),
    ...(fields ? [{ text: consumerFields.map(({ name }) => name).join(', '), at: fieldsAt }] : []),
    ...(notTold.fields ? [{ text: 'no consumer fields', at: fieldsAt }] : []),
    ...(credential ? [{ text: 'the caller’s own credential', at: credentialAt }] : []),
  ]
}

/** Only what differs from what the project says of all operations. */
export function toldOtherwise(operation: ManifestOperation, telling: Telling): readonly string[] {
  const notTold = leftOut(operation, telling)
  return [
    ...(notTold.token ? ['no backend token'] : []),
    ...(notTold.fields ? ['no consumer fields'] : []),
    ...(operation.identity.credential ? ['caller’s own credential'] : []),
  ]
}

/** What others are told and this one is not, though its callers are known. */
function leftOut(
  { security, clientCertificate, identity }: ManifestOperation,
  { backendToken, consumerFields }: Telling,
): { readonly token: boolean; readonly fields: boolean } {
  const knowsCallers = security.kind !== 'public' || clientCertificate.asked !== 'unused'
  return {
    token: knowsCallers && backendToken !== null && !identity.token,
    fields: knowsCallers && consumerFields.length > 0 && !identity.fields,
  }
}
