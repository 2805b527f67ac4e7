/**
 * Client certificates: from the TLS handshake, or from the field in which a trusted proxy hands on the one that it was given. Who it
 * belongs to is decided once for each connection or text; that it still holds, with every request.
 */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { CertificateAuthentication, ClientCertificateCapability } from '../capabilities/client-certificate.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { type CertificateRefusals, certificateRefusals } from '../certificate-refusals.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import type { CertificateFailure, ClientCertificate } from '../listener/transport.ts'
import { confineToMet } from '../met-alternative.ts'
import type { CredentialCounts } from '../observability/credential-counts.ts'
import { HeaderCertificates } from './header-certificates.ts'
import { CertificateHolders, type Recognised } from './holders.ts'

export const clientCertificateCapability: ClientCertificateCapability = (surroundings) => new ClientCertificates(surroundings)

class ClientCertificates implements CertificateAuthentication {
  readonly #surroundings: Surroundings
  readonly #refusals: CertificateRefusals
  readonly #header: HeaderCertificates
  readonly #counts: CredentialCounts
  /** `null`: any that is believed will do everywhere, and is nobody's but its own. */
  readonly #holders: CertificateHolders | null

  constructor(surroundings: Surroundings) {
    const { plan } = surroundings
    this.#surroundings = surroundings
    this.#refusals = certificateRefusals(plan.name)
    this.#counts = surroundings.metrics.credentials('certificate')
    const known = plan.clientCertificates
    this.#holders = known === null || (known.holders.length === 0 && known.everywhere === null) ? null : new CertificateHolders(known)
    this.#header = new HeaderCertificates((known?.authorities ?? []).map(({ pem }) => pem))
  }

  authenticate({ certificate: asked, certificateHolders }: OperationPlan, { credentialSlots }: RequestFields): Step | null {
    if (asked === 'unused') return null
    const slot = credentialSlots.get(this.#surroundings.plan.clientCertificates?.header ?? '') ?? -1
    return (exchange) => {
      const now = this.#surroundings.clock.now()
      const given = this.#given(exchange, slot, now)
      if (given === null) return asked === 'required' ? this.#refuse('certificate-missing') : undefined
      if (typeof given === 'string') return this.#refuse(given)
      if (given.notAfter < now) return this.#refuse('certificate-expired')
      if (given.notBefore > now) return this.#refuse('certificate-not-yet-valid')
      const whose = this.#holders?.of(given)
      if (whose !== undefined && !isAccepted(whose, certificateHolders)) return this.#refuse('certificate-not-accepted')
      this.#counts.accepted++
      exchange.certificate = given
      exchange.holder = whose?.holder ?? null
      exchange.consumer = exchange.holder ?? given.consumer
      return undefined
    }
  }

  confine(operation: OperationPlan): Step | null {
    return operation.security.kind === 'token' ? confineToMet(operation, this.#surroundings.plan) : null
  }

  /** A trusted proxy that hands on certificates speaks for its client: its own certificate is not the client's. */
  #given({ head, transport, fromTrustedProxy }: Exchange, slot: number, now: number): ClientCertificate | CertificateFailure | null {
    if (!fromTrustedProxy || slot === -1) return transport.certificate
    const text = head.value(slot)
    // Proxies send the field empty where there is no certificate.
    return text === undefined || text === '' ? null : this.#header.read(text, now)
  }

  #refuse(reason: keyof CertificateRefusals): Refusal {
    this.#counts.refused(reason)
    return this.#refusals[reason]
  }
}

/** `named`: indexes of holders; `null` where any will do whom an authority of the whole gateway vouches for. */
function isAccepted({ everywhere, holders }: Recognised, named: readonly number[] | null): boolean {
  if (named === null) return everywhere
  for (let index = 0; index < named.length; index++) if (holders[named[index]!] === 1) return true
  return false
}
