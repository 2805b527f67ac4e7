/** X.509 certificates (RFC 5280) of Ed25519 keys, for one run: node:crypto reads them, and makes none. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { certificatePem, der, sequence, time } from './der.ts'

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }

/** A name as RFC 4514 writes it, in that order: the most particular first. */
export type DistinguishedName = readonly (readonly [type: string, value: string])[]

/** PEM texts. */
export type Certified = { readonly certificate: string; readonly key: string }

type CertificateParts = {
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  readonly keys: KeyPair
  readonly signer: KeyObject
  /** Days from today. */
  readonly from: number
  readonly until: number
  readonly authority: boolean
  /** As in CertificateHolderPlan: `DNS:…`, `URI:…`, `email:…`; or `IP:127.0.0.1`. */
  readonly names: readonly string[]
}

const attributes: ReadonlyMap<string, readonly [oid: string, tag: number]> = new Map([
  ['CN', ['0603550403', 0x0c]],
  ['SN', ['0603550404', 0x0c]],
  ['serialNumber', ['0603550405', 0x0c]],
  ['C', ['0603550406', 0x13]],
  ['L', ['0603550407', 0x0c]],
  ['ST', ['0603550408', 0x0c]],
  ['street', ['0603550409', 0x0c]],
  ['O', ['060355040a', 0x0c]],
  ['OU', ['060355040b', 0x0c]],
  ['title', ['060355040c', 0x0c]],
  ['GN', ['060355042a', 0x0c]],
  ['UID', ['060a0992268993f22c640101', 0x0c]],
  ['DC', ['060a0992268993f22c640119', 0x16]],
  ['emailAddress', ['06092a864886f70d010901', 0x16]],
])

const ed25519 = Buffer.from('300506032b6570', 'hex')
const day = 86_400_000

export class ThrowawayAuthority {
  readonly #subject: DistinguishedName
  readonly #keys: KeyPair = generateKeyPairSync('ed25519')
  readonly certificate: string

  constructor(commonName: string) {
    this.#subject = [['CN', commonName]]
    const self = { subject: this.#subject, issuer: this.#subject, keys: this.#keys, signer: this.#keys.privateKey }
    this.certificate = makeCertificate({ ...self, from: -1, until: 3650, authority: true, names: [] })
  }

  /** Valid for ten years from yesterday, unless it says otherwise. */
  issue(
    subject: DistinguishedName,
    names: readonly string[],
    { from = -1, until = 3650 }: { from?: number; until?: number } = {},
  ): Certified {
    const keys = generateKeyPairSync('ed25519')
    const parts = { subject, issuer: this.#subject, keys, signer: this.#keys.privateKey, from, until, authority: false, names }
    return { certificate: makeCertificate(parts), key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }
}

/** Reads RFC 4514 as OpenSSL writes it. `null` for several values in one place, and for an attribute of another kind. */
export function parseName(text: string): DistinguishedName | null {
  // A backslash takes the character behind it, or two hex digits, with it.
  const parts = text.match(/(?:\\[0-9A-Fa-f]{2}|\\.|[^\\,])+/gs) ?? []
  const name = parts.map((part) => /^([A-Za-z]+)=(.*)$/s.exec(part))
  const read = name.flatMap((part) => (part === null || hasSeveralValues(part[2]!) ? [] : [[part[1]!, unescaped(part[2]!)] as const]))
  return read.length > 0 && read.length === name.length && read.every(([type]) => attributes.has(type)) ? read : null
}

function hasSeveralValues(value: string): boolean {
  return value.replaceAll(/\\./gs, '').includes('+')
}

function unescaped(value: string): string {
  const bytes = value.replaceAll(/(?:\\[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8'))
  return bytes.replaceAll(/\\(.)/gs, '$1')
}

function makeCertificate({ subject, issuer, keys, signer, from, until, authority, names }: CertificateParts): string {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ed25519,
    nameOf(issuer),
    sequence(time(daysFromNow(from)), time(daysFromNow(until))),
    nameOf(subject),
    keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions(authority, names))),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign(null, body, signer)]))
  return certificatePem(sequence(body, ed25519, signature))
}

/** Basic constraints, critical, and the alternative names. */
function extensions(authority: boolean, names: readonly string[]): readonly Buffer[] {
  const constraints = authority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence()
  const basic = sequence(Buffer.from('0603551d13', 'hex'), der(0x01, Buffer.from([0xff])), der(0x04, constraints))
  if (names.length === 0) return [basic]
  return [basic, sequence(Buffer.from('0603551d11', 'hex'), der(0x04, sequence(...names.map(generalName))))]
}

function generalName(name: string): Buffer {
  const value = name.slice(name.indexOf(':') + 1)
  if (name.startsWith('IP:')) return der(0x87, Buffer.from(value.split('.').map(Number)))
  return der(name.startsWith('URI:') ? 0x86 : name.startsWith('email:') ? 0x81 : 0x82, Buffer.from(value))
}

/** DER has the most general first. */
function nameOf(name: DistinguishedName): Buffer {
  const sets = name.toReversed().map(([type, value]) => {
    const [oid, tag] = attributes.get(type) ?? ['0603550403', 0x0c]
    return der(0x31, sequence(Buffer.from(oid, 'hex'), der(tag, Buffer.from(value))))
  })
  return sequence(...sets)
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * day)
}
