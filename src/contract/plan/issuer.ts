/** Whose tokens count. */
import type { IntrospectionPlan } from './introspection.ts'
import type { FetchedKeysPlan, KeyPlan } from './keys.ts'

export type IssuerPlan = {
  readonly issuer: string
  /** `any` was said in the project on purpose. */
  readonly audiences: readonly string[] | 'any'
  /** Empty where they are fetched. */
  readonly keys: readonly KeyPlan[]
  /** `null`: the keys are baked. */
  readonly fetchedKeys: FetchedKeysPlan | null
  /** Seconds. */
  readonly clockSkew: number
  /** Names of the claims to read; a dotted name reaches into an object (`application.id`). */
  readonly claims: {
    readonly scope: string
    readonly subject: string
    readonly client: string
    readonly application: string
    readonly keyType: string
  }
  /** `at+jwt`: tokens must be what RFC 9068 says. */
  readonly profile: 'jwt' | 'at+jwt'
  /** Which bindings of a token to its sender can be checked, and whether every token must have one. */
  readonly senderConstrained: { readonly certificate: boolean; readonly dpop: boolean; readonly required: boolean }
  /** `null`: its tokens are JWTs. Where there are no keys, it is asked about JWTs too. */
  readonly introspection: IntrospectionPlan | null
}
