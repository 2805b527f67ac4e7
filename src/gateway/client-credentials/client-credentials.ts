/** The capability that fetches tokens for backends by the client credentials grant (RFC 6749 §4.4). */
import type { ClientCredentialsPlan } from '../../contract/plan/backend-credential.ts'
import { type ClientAuthentication, clientAuthentication } from '../calls/client-authentication.ts'
import { openService, type Service } from '../calls/open-service.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { ClientCredentialsCapability } from '../upstream/gateway-credential.ts'
import { readTokenAnswer } from './token-answer.ts'
import { type FetchToken, TokenSource } from './token-source.ts'

/** Milliseconds for a call, and bytes of its answer. */
const callTimeout = 5000
const maximumAnswer = 64 * 1024

export const clientCredentialsCapability: ClientCredentialsCapability = async (plan, { values, clock, wallClock, warn, tell }) => {
  const authentication = clientAuthentication(plan.client, values, wallClock)
  const service = await openService(plan.service, 'a token endpoint', { values, sockets: 1, warn })
  return new TokenSource(fetchToken(service, plan, authentication), clock, tell, () => service.client.close())
}

function fetchToken(
  { url, client }: Service,
  { scopes, audience }: ClientCredentialsPlan,
  authentication: ClientAuthentication,
): FetchToken {
  const asked = {
    grant_type: 'client_credentials',
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(audience === null ? {} : { audience }),
  }
  return async () => {
    const own = authentication()
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', ...own.headers }
    const form = new URLSearchParams({ ...asked, ...own.parameters }).toString()
    try {
      const call = { method: 'POST', url, headers, body: form, timeout: callTimeout, maxAnswer: maximumAnswer } as const
      const { status, body } = await client.call(call)
      if (status !== 200) return `the token endpoint answers ${status}`
      return readTokenAnswer(body.toString('utf8')) ?? 'the token endpoint gives no bearer token'
    } catch (error) {
      if (error instanceof ServiceError) return `the token endpoint cannot be asked (${error.reason})`
      throw error
    }
  }
}
