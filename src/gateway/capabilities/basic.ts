/** What knows users by their passwords. */
import type { CredentialAuthentication } from './credentials.ts'
import type { Surroundings } from './surroundings.ts'

export type BasicCapability = (surroundings: Surroundings) => CredentialAuthentication
