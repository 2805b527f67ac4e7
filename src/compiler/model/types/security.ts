import type { Location } from '../../source/location.ts'
import type { Placed } from './placed.ts'

/** What an operation asks for, as written: requirements OR-ed, the schemes inside one AND-ed. */
export type Security =
  /** Public on purpose; `at` says where that is written. */
  | { readonly kind: 'public'; readonly at: Location }
  | {
      readonly kind: 'required'
      readonly at: Location
      /** Lower-case name of the field that carries the bearer token. */
      readonly header: string
      /** Where the field is named; `null` for the usual one. */
      readonly headerAt: Location | null
      readonly requirements: readonly Requirement[]
    }
  /** Nothing says what holds: the rule unsecured-operation reports it. */
  | { readonly kind: 'unsaid'; readonly at: Location }

/** One alternative. No schemes at all: anonymous callers are welcome. */
export type Requirement = { readonly at: Location; readonly schemes: readonly RequiredScheme[] }

export type RequiredScheme = {
  readonly at: Location
  /** Name in the definition; `null` where the project's `apis[].security: token` asks for it. */
  readonly name: string | null
  readonly scheme: SecurityScheme
  readonly scopes: readonly Placed<string>[]
}

export type SecurityScheme =
  /** A bearer token of one of the issuers. `declaredScopes` is null where the scheme declares none (bearer, openIdConnect). */
  | { readonly kind: 'token'; readonly type: 'oauth2' | 'openIdConnect' | 'bearer'; readonly declaredScopes: ReadonlySet<string> | null }
  | { readonly kind: 'basic' }
  | { readonly kind: 'apiKey'; readonly in: string; readonly name: string }
  | { readonly kind: 'mutualTLS' }
  /** Another `http` scheme, or a type that is not OpenAPI's. */
  | { readonly kind: 'other'; readonly type: string }
  /** Declared, and not as a scheme is: that has been reported. */
  | { readonly kind: 'unreadable' }
  /** Named in `security`, and declared nowhere. */
  | { readonly kind: 'undefined' }
