/** Whose a client's certificate is. Looked up once for each certificate: what an authority has signed does not change. */
import { X509Certificate } from 'node:crypto'
import type { CertificateHolderPlan, ClientCertificatesPlan } from '../../contract/plan/client-certificates.ts'
import { Consumer } from '../consumer.ts'
import type { ClientCertificate } from '../listener/transport.ts'

export type Recognised = {
  /** Whom its requests count for; `null` where it is of no holder. */
  readonly holder: Consumer | null
  /** An authority vouches for it that does so wherever no holder is named. */
  readonly everywhere: boolean
  /** 1 for each of the plan's holders whose certificate it is. */
  readonly holders: Uint8Array
}

type Holder = CertificateHolderPlan & { readonly whose: Consumer }

export class CertificateHolders {
  readonly #authorities: readonly X509Certificate[]
  /** `null`: all, which is not looked at again. */
  readonly #everywhere: readonly number[] | null
  readonly #holders: readonly Holder[]
  /** Who signed it counts for something. */
  readonly #confined: boolean
  readonly #recognised: WeakMap<ClientCertificate, Recognised> = new WeakMap()

  constructor({ authorities, everywhere, holders }: ClientCertificatesPlan) {
    this.#authorities = authorities.map(({ pem }) => new X509Certificate(pem))
    this.#everywhere = everywhere
    // Holders with the same consumer share what it may use up.
    const consumers = new Map(holders.map(({ consumer }) => [consumer, new Consumer(`consumer:${consumer}`)]))
    this.#holders = holders.map((holder) => ({ ...holder, whose: consumers.get(holder.consumer)! }))
    this.#confined = everywhere !== null || holders.some((holder) => holder.authorities !== null)
  }

  of(certificate: ClientCertificate): Recognised {
    const known = this.#recognised.get(certificate)
    if (known !== undefined) return known
    const recognised = this.#recognise(certificate)
    this.#recognised.set(certificate, recognised)
    return recognised
  }

  #recognise(certificate: ClientCertificate): Recognised {
    const signers = this.#confined ? this.#signersOf(certificate.x509) : new Set<number>()
    const signedBy = (authorities: readonly number[] | null): boolean =>
      authorities === null || authorities.some((authority) => signers.has(authority))
    const everywhere = signedBy(this.#everywhere)
    const names = new Set(certificate.subjectAltNames.map(comparable))
    const fits = this.#holders.map(
      ({ thumbprint, subject, name, authorities }) =>
        (thumbprint === null || thumbprint === certificate.thumbprint) &&
        (subject === null || subject === certificate.subject) &&
        (name === null || names.has(name)) &&
        (authorities === null ? everywhere : signedBy(authorities)),
    )
    return {
      holder: this.#holders[fits.indexOf(true)]?.whose ?? null,
      everywhere,
      holders: Uint8Array.from(fits, Number),
    }
  }

  /** Those that have signed it themselves: of a chain, a session that is resumed knows no more than its end. */
  #signersOf(x509: X509Certificate): ReadonlySet<number> {
    const indexes = this.#authorities.flatMap((authority, index) =>
      x509.checkIssued(authority) && x509.verify(authority.publicKey) ? [index] : [],
    )
    return new Set(indexes)
  }
}

/** Host names are compared in lower case (RFC 4343); all else as it is. */
function comparable(name: string): string {
  return name.startsWith('DNS:') ? `DNS:${name.slice('DNS:'.length).toLowerCase()}` : name
}
