/** How feeds ask their sources: settled addresses, over TLS, with the login that the project gives them. */
import type { RevocationFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import { ServiceClient } from '../calls/service-client.ts'
import { isConfidential, parseServiceUrl } from '../calls/service-url.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { settle } from '../settings.ts'

type Around = Pick<Surroundings, 'values' | 'warn'>

/** Throws what an operator can act on. */
export function feedUrl(text: SettingText, values: ReadonlyMap<string, string>): URL {
  const url = parseServiceUrl(settle(text, values))
  // The address is not repeated: somebody may have put a password into it.
  if (url === null) throw new Error('the address of a revocation feed is no http or https URL, or has a user in it')
  if (!isConfidential(url)) throw new Error('a revocation feed must be reached by https, or on this machine')
  return url
}

/** `null` where nothing is shown to the source. */
export function feedLogin(
  { login }: RevocationFeedPlan,
  values: ReadonlyMap<string, string>,
): { readonly username: string; readonly password: string } | null {
  return login === null ? null : { username: settle(login.username, values), password: settle(login.password, values) }
}

/** One client for all addresses of a feed that begin alike. */
export function openFeedClient({ authorities }: RevocationFeedPlan, secure: boolean, { warn }: Around): Promise<ServiceClient> {
  return ServiceClient.open(secure, {
    authorities,
    clientCertificate: null,
    serverName: null,
    // A watch, a question beside it, and one to spare.
    sockets: 3,
    warn: (problem) => warn('revocation-feed-certificate', problem),
  })
}
