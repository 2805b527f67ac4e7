/** The application that calls an API, and on what terms; the file of the project says it, or the caller's token. */

export type Application = {
  readonly id: string
  readonly uuid: string | null
  readonly name: string | null
  readonly owner: string | null
  readonly tier: string | null
}

export type Subscription = {
  readonly application: Application
  /** Of the subscription. */
  readonly tier: string | null
  /** `null`: what the token says, else production. */
  readonly keyType: 'production' | 'sandbox' | null
}
