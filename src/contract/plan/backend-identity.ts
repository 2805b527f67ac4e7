/** What backends are told of callers. */
import type { SettingText } from './setting.ts'

/** A signed token that tells backends who calls. */
export type BackendTokenPlan = {
  /** Name of the field, as backends see it. */
  readonly header: string
  /** A private key as PEM, or the path of a file with one. */
  readonly key: SettingText
  /** What the key must be for; `null`: any of them. */
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA' | null
  readonly issuer: string
  readonly audiences: readonly string[]
  /** Milliseconds; the caller's credential may end it earlier. */
  readonly lifetime: number
  /** What the names of claims about application, API and user begin with; without the slash. */
  readonly dialect: string
  /** Claims of the caller's token that are handed on; a dotted name reaches into an object. */
  readonly claims: readonly string[] | 'all'
}

/** What the gateway knows of callers under one name, whatever their credential. */
export type ConsumerFact =
  | 'consumer'
  | 'subject'
  | 'client'
  | 'scopes'
  | 'application'
  | 'applicationName'
  | 'applicationTier'
  | 'subscriber'
  | 'tier'
  | 'keyType'
  | 'api'
  | 'apiVersion'

/** A plain field that tells backends something of who calls. */
export type ConsumerFieldPlan = {
  /** As backends see it. */
  readonly name: string
  readonly value: { readonly kind: 'fact'; readonly fact: ConsumerFact } | { readonly kind: 'claim'; readonly name: string }
}

/** What an operation's backend gets to know of who calls. */
export type BackendIdentityPlan = {
  readonly token: boolean
  readonly fields: boolean
  /** The credential's own fields, as the client sent them. */
  readonly credential: boolean
}
