/** What a 401 says about the credentials that an operation takes (RFC 9110 §11.6.1). */
import type { CredentialsPlan } from './capabilities.ts'

/** One line for each scheme, each ending in CRLF. */
export type Challenges = { readonly bearer: string; readonly apiKey: string; readonly basic: string }

/**
 * `realm` is the gateway's name. No scheme is registered for API keys: `ApiKey` is the name that is used most. That passwords are UTF-8
 * is said as in RFC 7617 §2.1.
 */
export function challengesOf({ alternatives }: CredentialsPlan, realm: string): Challenges {
  const line = (asked: boolean, scheme: string, more: string): string =>
    asked ? `WWW-Authenticate: ${scheme} realm="${realm}"${more}\r\n` : ''
  const asks = (kind: 'token' | 'apiKey' | 'basic'): boolean => alternatives.some((alternative) => alternative[kind] !== null)
  return {
    bearer: line(asks('token'), 'Bearer', ''),
    apiKey: line(asks('apiKey'), 'ApiKey', ''),
    basic: line(asks('basic'), 'Basic', ', charset="UTF-8"'),
  }
}
