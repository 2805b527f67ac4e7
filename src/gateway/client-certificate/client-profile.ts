/**
 * Whether a certificate is one that TLS itself would take from a client (RFC 5280 §4.2, and OpenSSL at its usual level): made for clients,
 * signed by an algorithm that holds, and without a critical extension that nobody here understands. Node verifies chains in handshakes
 * only, so that a certificate from a field is held against the same rules here.
 */
import type { X509Certificate } from 'node:crypto'

/** Object identifiers in the bytes of their DER form, in hex. */
const basicConstraints = '551d13'
const keyUsage = '551d0f'
const understood: ReadonlySet<string> = new Set([basicConstraints, keyUsage, '551d25', '551d11', '551d20'])

const signatures: ReadonlySet<string> = new Set([
  // RSA with SHA-256, SHA-384, SHA-512.
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  // ECDSA with the same.
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
  // Ed25519, Ed448.
  '2b6570',
  '2b6571',
])
const rsaPss = '2a864886f70d01010a'
/** SHA-256, SHA-384, SHA-512, with tag and length. */
const pssHashes = ['0609608648016503040201', '0609608648016503040202', '0609608648016503040203']

/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
const clientAuthentication = '1.3.6.1.5.5.7.3.2'

const leastRsaBits = 2048

type Element = { readonly tag: number; readonly content: Buffer }

/** Throws where the bytes are not what a certificate's are. */
export function isFitForClients(x509: X509Certificate): boolean {
  const [body, algorithm] = elements(elements(x509.raw)[0]!.content)
  return !x509.ca && isSignatureStrong(algorithm!.content) && isKeyStrong(x509) && isPurposeClient(x509) && areExtensionsFine(body!.content)
}

function isSignatureStrong(algorithm: Buffer): boolean {
  const oid = elements(algorithm)[0]!.content.toString('hex')
  // Its hash stands in the parameters; SHA-1 where none does.
  return signatures.has(oid) || (oid === rsaPss && pssHashes.some((hash) => algorithm.includes(hash, 0, 'hex')))
}

function isKeyStrong({ publicKey }: X509Certificate): boolean {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength
  return bits === undefined || bits >= leastRsaBits
}

function isPurposeClient(x509: X509Certificate): boolean {
  // Node calls the extended key usages so; there are none where the extension is absent.
  const purposes: readonly string[] | undefined = x509.keyUsage
  return purposes === undefined || purposes.includes(clientAuthentication)
}

function areExtensionsFine(body: Buffer): boolean {
  const holder = elements(body).find(({ tag }) => tag === 0xa3)
  if (holder === undefined) return true
  return elements(elements(holder.content)[0]!.content).every(({ content }) => {
    const [id, ...rest] = elements(content)
    const oid = id!.content.toString('hex')
    const critical = rest.length === 2 && rest[0]!.content[0] !== 0
    return oid === keyUsage ? maySign(rest.at(-1)!.content) : !critical || understood.has(oid)
  })
}

/** digitalSignature or keyAgreement (RFC 5280 §4.2.1.3): the first and the fifth bit. */
function maySign(value: Buffer): boolean {
  const bits = elements(value)[0]!.content
  return ((bits[1] ?? 0) & 0x88) !== 0
}

/** The elements of a DER value that follow each other (X.690 §8.1). */
function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = []
  for (let position = 0; position < bytes.length; ) {
    const tag = bytes[position]!
    const first = bytes[position + 1] ?? 0x80
    const more = first < 0x80 ? 0 : first & 0x7f
    if (first === 0x80 || more > 3) throw new RangeError('not DER')
    const start = position + 2 + more
    const length = more === 0 ? first : bytes.readUIntBE(position + 2, more)
    if (start + length > bytes.length) throw new RangeError('not DER')
    found.push({ tag, content: bytes.subarray(start, start + length) })
    position = start + length
  }
  return found
}
