/** The capability that fetches tokens for backends by the client credentials grant (RFC 6749 §4.4). */
import type { ClientCredentialsPlan } from '../../contract/plan.ts'
import { ServiceClient } from '../calls/service-client.ts'
import { ServiceError } from '../calls/service-error.ts'
import { isConfidential, parseServiceUrl } from '../calls/service-url.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import type { ClientCredentialsCapability } from '../upstream/gateway-credential.ts'
import { readTokenAnswer } from './token-answer.ts'
import { type FetchToken, TokenSource } from './token-source.ts'

/** Milliseconds for a call, and bytes of its answer. */
const callTimeout = 5000
const maximumAnswer = 64 * 1024

/** RFC 6749, appendix A.1 and A.2. */
const visible = /^[\x20-\x7e]{1,1024}$/

export const clientCredentialsCapability: ClientCredentialsCapability = async (plan, { values, clock, tell }) => {
  const url = parseServiceUrl(settle(plan.url, values))
  // The value is not repeated: an address with a password in it would end up in a log.
  if (url === null || !isConfidential(url))
    throw new StartError(`${settingsIn(plan.url)} must be an https URL of a token endpoint, or an http URL on this machine`)
  const id = settle(plan.clientId, values)
  const secret = settle(plan.clientSecret, values)
  if (!visible.test(id) || !visible.test(secret))
    throw new StartError(
      `${settingsIn([...plan.clientId, ...plan.clientSecret])} must be a client id and secret of visible ASCII characters`,
    )
  const service = await ServiceClient.open(url.protocol === 'https:', {
    authorities: plan.authorities,
    clientCertificate: null,
    serverName: null,
    sockets: 1,
    warn: () => {},
  })
  return new TokenSource(fetchToken(service, url, plan, id, secret), clock, tell, () => service.close())
}

function fetchToken(service: ServiceClient, url: URL, plan: ClientCredentialsPlan, id: string, secret: string): FetchToken {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (plan.scopes.length > 0) form.set('scope', plan.scopes.join(' '))
  if (plan.audience !== null) form.set('audience', plan.audience)
  if (plan.by === 'post') {
    form.set('client_id', id)
    form.set('client_secret', secret)
  }
  const pair = Buffer.from(`${formEncoded(id)}:${formEncoded(secret)}`).toString('base64')
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(plan.by === 'basic' ? { Authorization: `Basic ${pair}` } : {}),
  }
  const call = { method: 'POST', url, headers, body: form.toString(), timeout: callTimeout, maxAnswer: maximumAnswer } as const
  return async () => {
    try {
      const { status, body } = await service.call(call)
      if (status !== 200) return `the token endpoint answers ${status}`
      return readTokenAnswer(body.toString('utf8')) ?? 'the token endpoint gives no bearer token'
    } catch (error) {
      if (error instanceof ServiceError) return `the token endpoint cannot be asked (${error.reason})`
      throw error
    }
  }
}

/** RFC 6749 §2.3.1. */
function formEncoded(text: string): string {
  return new URLSearchParams({ a: text }).toString().slice('a='.length)
}
