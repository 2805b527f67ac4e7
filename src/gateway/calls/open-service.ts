/** A service of the plan, opened when the settings are known: what does not fit together stops the start. */
import type { ServicePlan } from '../../contract/plan/service.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import { ServiceClient } from './service-client.ts'
import { isConfidential, parseServiceUrl } from './service-url.ts'

export type Service = { readonly url: URL; readonly client: ServiceClient }

export type ServiceSurroundings = {
  readonly values: ReadonlyMap<string, string>
  /** Connections at the same time. */
  readonly sockets: number
  readonly warn: (problem: string) => void
}

/** Rejects with a StartError. `name` is what the service is for people: `introspection of https://idp.example.com`. */
export async function openService({ url: text, plainHttp, tls }: ServicePlan, name: string, around: ServiceSurroundings): Promise<Service> {
  const { values, sockets, warn } = around
  const settings = settingsIn(text)
  const subject = settings === '' ? `the address for ${name}` : `${settings} (${name})`
  const url = parseServiceUrl(settle(text, values))
  // The value is not repeated: an address with a password in it would end up in a log.
  if (url === null) throw new StartError(`${subject} must be an absolute https URL without user and fragment`)
  if (!isConfidential(url) && !plainHttp) throw new StartError(`${subject} must be an https URL: credentials are sent there`)
  const secure = url.protocol === 'https:'
  if (tls !== null && !secure) throw new StartError(`${subject} must be an https URL: certificates are given for it`)
  const certificate = tls?.clientCertificate ?? null
  const client = await ServiceClient.open(secure, {
    authorities: tls?.authorities ?? [],
    clientCertificate:
      certificate === null
        ? null
        : {
            certificate: settle(certificate.certificate, values),
            key: settle(certificate.key, values),
            settings: `${settingsIn(certificate.certificate)}, ${settingsIn(certificate.key)}`,
          },
    serverName: tls?.serverName ?? null,
    sockets,
    warn,
  })
  return { url, client }
}
