import type { SettingText } from './setting.ts'

/** How the gateway says who it is, as a client of an authorisation server. */
export type ClientAuthenticationPlan =
  /** RFC 6749 §2.3.1: in the Authorization field, or in the form. */
  | { readonly kind: 'basic' | 'post'; readonly clientId: SettingText; readonly clientSecret: SettingText }
  /** RFC 7523 §2.2. `keyFile`: path of a private key as PEM. */
  | {
      readonly kind: 'private_key_jwt'
      readonly clientId: SettingText
      readonly keyFile: SettingText
      readonly keyId: string | null
      readonly audience: SettingText
    }
  /** RFC 8705 §2: by the client certificate of the connection. */
  | { readonly kind: 'tls'; readonly clientId: SettingText }
