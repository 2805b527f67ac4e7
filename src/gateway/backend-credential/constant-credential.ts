/** Basic (RFC 7617) and API keys: the same line, or the same query parameter, on every request. */

import { basicAuthorization } from '../calls/basic-authorization.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import type { BackendRequest } from '../upstream/backend.ts'
import type { AuthorisedRequest, BackendCredential, ConstantCredential, Tell } from '../upstream/gateway-credential.ts'
import { HiddenKey } from './hidden-key.ts'
import { withoutParameter } from './query-parameter.ts'

/** No user, password or key that is longer is one. */
const maximumLength = 4096
/** Visible characters of US-ASCII, and spaces within: what every field can carry (RFC 9110 §5.5). */
const fieldValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

export const constantCredential: ConstantCredential = (plan, values, tell) => {
  if (plan.kind === 'basic') {
    const user = settle(plan.user, values).normalize('NFC')
    const password = settle(plan.password, values).normalize('NFC')
    const where = settingsIn([...plan.user, ...plan.password])
    // RFC 7617 §2: a colon ends the user, and neither may hold control characters.
    if (user.includes(':') || /\p{Cc}/u.test(user + password) || user.length + password.length > maximumLength)
      throw new StartError(`${where} must be a user without colon and a password, without control characters`)
    return new Constant(`Authorization: ${basicAuthorization(user, password)}\r\n`, null, '', tell)
  }
  const key = settle(plan.key, values)
  // The value is not repeated: it is a secret.
  if (!fieldValue.test(key) || key.length > maximumLength)
    throw new StartError(`${settingsIn(plan.key)} must be a key of visible ASCII characters`)
  if (plan.in === 'header') return new Constant(`${plan.name}: ${key}\r\n`, null, '', tell)
  const hidden = new HiddenKey(plan.name, key)
  return new Constant('', plan.name, `${encodeURIComponent(plan.name)}=${encodeURIComponent(key)}`, tell, (lines) => hidden.withhold(lines))
}

class Constant implements BackendCredential {
  readonly renews = false
  readonly needsProbe = false
  readonly needsBody = false
  readonly withhold: BackendCredential['withhold']
  readonly #line: string
  readonly #parameter: string | null
  readonly #pair: string
  readonly #tell: Tell
  #refused: boolean = false

  /** `parameter`: the query parameter that holds the key, and `pair` it and its value; `null` for a line. */
  constructor(line: string, parameter: string | null, pair: string, tell: Tell, withhold: BackendCredential['withhold'] = null) {
    this.#line = line
    this.#parameter = parameter
    this.#pair = pair
    this.#tell = tell
    this.withhold = withhold
  }

  prepare(): 'now' {
    return 'now'
  }

  cancel(): void {}

  authorise(request: BackendRequest): AuthorisedRequest {
    const { method, target, fields, contentLength, chunked, upgrade } = request
    const authorised = {
      method,
      target: this.#parameter === null ? target : this.#addTo(target, this.#parameter),
      fields: fields + this.#line,
      contentLength,
      chunked,
      upgrade,
    }
    return { request: authorised, used: null }
  }

  /** A client's own parameter of that name must not be taken for the gateway's. */
  #addTo(target: string, parameter: string): string {
    const query = target.indexOf('?')
    if (query === -1) return `${target}?${this.#pair}`
    const rest = withoutParameter(target.slice(query + 1), parameter)
    return `${target.slice(0, query)}?${rest === '' ? '' : `${rest}&`}${this.#pair}`
  }

  challenged(challenge: string | undefined): 'refused' | 'pass' {
    // Without a challenge it is no question of HTTP's authentication: the API says something of its own by it.
    if (challenge === undefined) return 'pass'
    this.#tell('refused', this.#refused ? null : 'the backend does not accept the credential')
    this.#refused = true
    return 'refused'
  }

  accepted(): void {}

  sweep(): void {}

  close(): void {}
}
