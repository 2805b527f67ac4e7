/** What the manifest says of what backends are told of callers. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Project } from '../model/model.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Placed } from '../model/types/placed.ts'
import { optionalReference, reference } from './source-reference.ts'
import { writtenSettings } from './written-settings.ts'

export function manifestTelling({ backendToken, consumerFields }: Project): Pick<Manifest, 'backendToken' | 'consumerFields'> {
  return {
    backendToken: backendToken === null ? null : manifestToken(backendToken),
    consumerFields: (consumerFields?.fields ?? []).map(({ name, value }) => ({
      name,
      value: value.kind === 'fact' ? value.fact : `claims.${value.name}`,
    })),
  }
}

function manifestToken({ at, key, lifetime, ...token }: NonNullable<Project['backendToken']>): NonNullable<Manifest['backendToken']> {
  return { ...token, key: writtenSettings(key), lifetimeSeconds: lifetime / 1000, at: reference(at) }
}

export function manifestIdentity(
  { identity: { token, fields, credential } }: OperationPlan,
  { identity }: Operation,
  { backendToken, consumerFields }: Project,
): ManifestOperation['identity'] {
  const at = (said: Placed<boolean> | null, project: { readonly at: Operation['at'] } | null): SourceReference | null =>
    optionalReference(said?.at ?? project?.at ?? null)
  return {
    token,
    tokenAt: at(identity.token, backendToken),
    fields,
    fieldsAt: at(identity.fields, consumerFields),
    credential,
    credentialAt: at(identity.credential, null),
  }
}
