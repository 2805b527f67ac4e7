/**
 * What a project's own code has to do with the gateway: modules that take the place of a step of key validation. Import the types with
 * `import type { … } from 'postern/extension'`.
 */

/** The steps that a project may do itself; a module exports a function of the step's name. */
export type ExtensionStep = 'validateToken' | 'validateSubscription' | 'validateScopes' | 'generateConsumerToken'

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export type JsonObject = { readonly [name: string]: Json }

/** One request, as far as an extension sees it. Frozen; it may be kept. */
export type ExtensionRequest = {
  readonly method: string
  /** Canonical, base path included, without query. */
  readonly path: string
  /** The operation's, such as `/books/{id}`, base path included. */
  readonly template: string
  /** The operation's name, as in the log. */
  readonly operation: string
  readonly api: { readonly name: string; readonly version: string; readonly basePath: string }
  /** The client's address, as trusted proxies say it. */
  readonly address: string
  /** A field that goes on to the backend, several values joined with `, `; `null` where there is none. Credentials and cookies are never seen here. */
  readonly header: (name: string) => string | null
}

/** Who is calling, as the credentials say that were good. Frozen. */
export type Caller = {
  /** As in the log: `client:0:mobile`, `user:alice`. */
  readonly consumer: string
  /** Whose token it is; `null` where the caller came without. */
  readonly issuer: string | null
  /** What the token says, or the project of an API key or user. */
  readonly claims: JsonObject
  /** What is known of the application, where the API asks for a subscription. */
  readonly subscription: CallerSubscription | null
}

export type CallerSubscription = {
  readonly application: {
    readonly id: string
    readonly uuid: string | null
    readonly name: string | null
    readonly owner: string | null
    readonly tier: string | null
  }
  readonly tier: string | null
  readonly keyType: 'production' | 'sandbox' | null
}

/** Values that go into the backend's token: what `JSON.stringify` makes of all of them has up to 4096 characters. */
export type Attachments = { readonly attach?: JsonObject }

export type TokenQuestion = {
  readonly request: ExtensionRequest
  readonly token: string
  readonly scheme: 'Bearer' | 'DPoP'
  /** Asks the gateway itself: whether the token is good. May be called once, before the answer. */
  readonly standard: () => Promise<boolean>
}

/** Who holds a token, where the extension knows it and not the gateway. */
export type TokenHolder = {
  /** One of the project's issuers that the operation takes; by default the first. */
  readonly issuer?: string
  readonly application?: string
  readonly client?: string
  readonly subject?: string
  readonly scopes?: readonly string[]
  readonly keyType?: 'production' | 'sandbox'
  readonly claims?: JsonObject
}

/** `true`: as `standard` said, which must have been asked and have said so. */
export type TokenAnswer = boolean | ({ readonly allowed: boolean; readonly holder?: TokenHolder } & Attachments)

export type SubscriptionQuestion = {
  readonly request: ExtensionRequest
  readonly caller: Caller
  /** Asks the gateway itself: whether the application is subscribed, or nothing asks for that. May be called once, before the answer. */
  readonly standard: () => Promise<boolean>
}

/** `subscription` takes the place of what the gateway knows. */
export type SubscriptionAnswer = boolean | ({ readonly allowed: boolean; readonly subscription?: CallerSubscription } & Attachments)

export type ScopesQuestion = {
  readonly request: ExtensionRequest
  readonly caller: Caller
  /** Whether the credentials hold the scopes that the definition asks for. */
  readonly standard: boolean
}

export type ScopesAnswer = boolean | ({ readonly allowed: boolean } & Attachments)

export type ConsumerTokenQuestion = {
  readonly request: ExtensionRequest
  readonly caller: Caller
  /** What the steps before have attached. */
  readonly attached: JsonObject
  /** Asks the gateway itself for the token that it would send. */
  readonly standard: () => Promise<string>
}

/** Visible ASCII of up to 8192 characters, for the field that `backendToken` names; `null`: the backend is told nothing. */
export type ConsumerTokenAnswer = string | null

export type ValidateToken = (question: TokenQuestion) => TokenAnswer | Promise<TokenAnswer>
export type ValidateSubscription = (question: SubscriptionQuestion) => SubscriptionAnswer | Promise<SubscriptionAnswer>
export type ValidateScopes = (question: ScopesQuestion) => ScopesAnswer | Promise<ScopesAnswer>
export type GenerateConsumerToken = (question: ConsumerTokenQuestion) => ConsumerTokenAnswer | Promise<ConsumerTokenAnswer>
