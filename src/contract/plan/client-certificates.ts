/** Whose client certificates count. */

/** What `clientCertificates` of the project says. */
export type ClientCertificatesPlan = {
  readonly authorities: readonly AuthorityPlan[]
  /**
   * Which of them vouch wherever no holder is named; `null`: all. Else an authority counts where it, or another of these that it
   * vouches for, has itself signed a client's certificate.
   */
  readonly everywhere: readonly number[] | null
  /** Whom a certificate belongs to: the first that it fits. */
  readonly holders: readonly CertificateHolderPlan[]
  /** Lower-case name of the field in which trusted proxies hand on a client's certificate; `null` where they do not. */
  readonly header: string | null
}

/** A certificate is this holder's where all that is not `null` is so. */
export type CertificateHolderPlan = {
  readonly id: string
  /** Who counts as caller. */
  readonly consumer: string
  /** SHA-256 of its DER form, in lower-case hex. */
  readonly thumbprint: string | null
  /** RFC 4514, as OpenSSL writes it. */
  readonly subject: string | null
  /** Among its alternative names: `DNS:…` in lower case, `URI:…` or `email:…`. */
  readonly name: string | null
  /** Which authorities may have signed it, with all that they vouch for; `null`: those of `everywhere`. */
  readonly authorities: readonly number[] | null
}

/** An authority whose client certificates are believed. */
export type AuthorityPlan = {
  readonly pem: string
  /** RFC 4514. */
  readonly subject: string
  /** Seconds since the epoch. */
  readonly notAfter: number
}
