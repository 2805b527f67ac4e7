/**
 * Client certificates: from the TLS handshake, or from the field in which a trusted proxy hands on the one that it was given. Who it
 * belongs to is decided once for each connection or text; that it still holds, with every request.
 */
import type { OperationPlan } from '../../contract/plan.ts'
import type { CertificateAuthentication, ClientCertificateCapability, Surroundings } from '../capabilities.ts'
import { type CertificateRefusals, certificateRefusals } from '../certificate-refusals.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { CertificateFailure, ClientCertificate } from '../listener/transport.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { HeaderCertificates } from './header-certificates.ts'

export const clientCertificateCapability: ClientCertificateCapability = (surroundings) => new ClientCertificates(surroundings)

class ClientCertificates implements CertificateAuthentication {
  readonly #surroundings: Surroundings
  readonly #refusals: CertificateRefusals
  readonly #header: HeaderCertificates
  readonly #counts: CredentialCounts

  constructor(surroundings: Surroundings) {
    const { plan } = surroundings
    this.#surroundings = surroundings
    this.#refusals = certificateRefusals(plan.name)
    this.#counts = surroundings.metrics.credentials('certificate')
    this.#header = new HeaderCertificates((plan.clientCertificates?.authorities ?? []).map(({ pem }) => pem))
  }

  authenticate({ certificate: asked }: OperationPlan, { credentialSlots }: RequestFields): Step | null {
    if (asked === 'unused') return null
    const slot = credentialSlots.get(this.#surroundings.plan.clientCertificates?.header ?? '') ?? -1
    return (exchange) => {
      const now = this.#surroundings.clock.now()
      const given = this.#given(exchange, slot, now)
      if (given === null) return asked === 'required' ? this.#refuse('certificate-missing') : undefined
      if (typeof given === 'string') return this.#refuse(given)
      if (given.notAfter < now) return this.#refuse('certificate-expired')
      if (given.notBefore > now) return this.#refuse('certificate-not-yet-valid')
      this.#counts.accepted++
      exchange.certificate = given
      exchange.consumer = given.consumer
      return undefined
    }
  }

  /** A trusted proxy that hands on certificates speaks for its client: its own certificate is not the client's. */
  #given({ head, transport, fromTrustedProxy }: Exchange, slot: number, now: number): ClientCertificate | CertificateFailure | null {
    if (!fromTrustedProxy || slot === -1) return transport.certificate
    const text = head.value(slot)
    // Proxies send the field empty where there is no certificate.
    return text === undefined || text === '' ? null : this.#header.read(text, now)
  }

  #refuse(reason: CertificateFailure | 'certificate-missing'): Refusal {
    this.#counts.refused(reason)
    return this.#refusals[reason]
  }
}
