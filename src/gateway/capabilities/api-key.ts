/** What knows API keys, of each kind. */
import type { ApiKeyGrant } from '../api-key-grant.ts'
import type { CredentialFailure } from '../credential-refusals.ts'
import type { SignedKey } from '../signed-api-key/signed-key.ts'
import type { CredentialAuthentication } from './credentials.ts'
import type { Surroundings } from './surroundings.ts'

/** What knows the keys that are not found by a fast digest; `null` where there are none. */
export type ApiKeyKinds = { readonly signed: SignedApiKeys | null; readonly slow: SlowApiKeys | null }

export type ApiKeyCapability = (surroundings: Surroundings, kinds: ApiKeyKinds) => CredentialAuthentication

/** Imports the baked keys; throws when one of them cannot be used. */
export type SignedApiKeyCapability = (surroundings: Surroundings) => SignedApiKeys

export type SignedApiKeys = {
  /** That it has not expired, and may be used here, is looked at with every request. */
  readonly find: (text: string) => SignedKey | CredentialFailure
}

export type ScryptApiKeyCapability = (surroundings: Surroundings) => SlowApiKeys

/** What looking a key up came to; a number is a pause in milliseconds. */
export type FoundKey = ApiKeyGrant | CredentialFailure | number

export type SlowApiKeys = {
  /** `address`: whom guesses count for. */
  readonly find: (text: string, address: string) => FoundKey | Promise<FoundKey>
}
