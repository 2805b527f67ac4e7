/** Which credentials an operation asks for. */

/** One way to satisfy an operation's security: a token of one of `issuers` that holds all of `scopes`. */
export type SecurityAlternative = {
  readonly issuers: readonly number[]
  readonly scopes: readonly number[]
  /** Together with a good client certificate. */
  readonly certificate: boolean
}

export type SecurityPlan =
  | { readonly kind: 'public' }
  /** A client certificate and nothing else. */
  | { readonly kind: 'certificate' }
  | {
      readonly kind: 'token'
      /** Lower-case name of the field that carries the bearer token. */
      readonly header: string
      /** Any one of them suffices (OR). */
      readonly alternatives: readonly SecurityAlternative[]
      /** A request without credential passes as anonymous; one with a credential must have a good one. */
      readonly anonymous: boolean
      /** The same for a request with a good client certificate. */
      readonly certificateSuffices: boolean
      /** Some of the accepted tokens are bound to a key, which a proof with each request shows (RFC 9449). */
      readonly dpop: boolean
    }
  /** API keys or passwords take part. */
  | {
      readonly kind: 'credentials'
      /** Lower-case name of the field that carries a bearer token, where one is asked for. */
      readonly header: string
      /** Where API keys are looked for; which of them it is does not matter. */
      readonly apiKeyPlaces: readonly ApiKeyPlace[]
      /** Any one of them suffices (OR). */
      readonly alternatives: readonly CredentialAlternative[]
      /** A request without any credential passes as anonymous; one with a credential must have a good one. */
      readonly anonymous: boolean
      /** As for tokens alone. */
      readonly dpop: boolean
    }

/** What each credential of a kind must hold, where an alternative asks for that kind. */
export type ScopesPlan = { readonly scopes: readonly number[] }

/** One way to satisfy an operation's security: every kind that is not `null` or false must be there (AND). */
export type CredentialAlternative = {
  readonly token: (ScopesPlan & { readonly issuers: readonly number[] }) | null
  readonly apiKey: ScopesPlan | null
  readonly basic: ScopesPlan | null
  readonly certificate: boolean
}

/** Where clients put an API key. The name of a field is in lower case. */
export type ApiKeyPlace = { readonly in: 'header' | 'query' | 'cookie'; readonly name: string }
