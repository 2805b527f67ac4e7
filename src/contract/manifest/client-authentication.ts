import type { ClientAuthenticationPlan } from '../plan/client-authentication.ts'

/** As what the gateway makes itself known to an authorisation server, as written. */
export type ManifestClient = {
  readonly authentication: ClientAuthenticationPlan['kind']
  readonly id: string
  /** What proves it: a secret, or the path of a private key; `null` where the connection's certificate does. */
  readonly proof: string | null
  /** Of `private_key_jwt`. */
  readonly keyId: string | null
  readonly audience: string | null
}
