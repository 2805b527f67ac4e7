/** Public keys and certificates in PEM text (RFC 7468). */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { Certificate } from './certificate.ts'
import { judgePublicKey } from './public-key.ts'
import type { IssuerKey } from './types/issuer.ts'

/** Each certificate is compared with every other one. An issuer has two or three. */
const mostCertificates = 50

export type PemBlock = { readonly label: string; readonly text: string; readonly at: Location }

type PlacedCertificate = { readonly certificate: Certificate; readonly at: Location }

const endless = { notBefore: null, notAfter: null }

/** Reads every key of a PEM file. What cannot be used is reported and left out. */
export function readPem(text: string, file: string, diagnostics: Diagnostics): readonly IssuerKey[] {
  const keys: IssuerKey[] = []
  const certificates: PlacedCertificate[] = []
  for (const block of pemBlocks(text, file, diagnostics)) {
    if (block.label.endsWith('PRIVATE KEY')) {
      diagnostics.report('private-key', block.at, 'the file holds a private key')
    } else if (block.label === 'PUBLIC KEY' || block.label === 'RSA PUBLIC KEY') {
      keys.push(...readKey(block, diagnostics))
    } else if (block.label === 'CERTIFICATE') {
      certificates.push(...readCertificate(block, diagnostics))
    } else {
      diagnostics.report('unusable-key', block.at, `a PEM block \`${block.label}\` is neither a public key nor a certificate`)
    }
  }
  for (const { certificate, at } of signers(certificates, diagnostics)) {
    keys.push(...accept(certificate.publicKey, certificate, at, diagnostics))
  }
  return keys
}

/** Without the authorities of a chain: whoever holds one of their keys could otherwise sign tokens. */
function signers(certificates: readonly PlacedCertificate[], diagnostics: Diagnostics): readonly PlacedCertificate[] {
  const surplus = certificates[mostCertificates]
  if (surplus !== undefined) {
    diagnostics.report('unusable-key', surplus.at, `the file has more than ${mostCertificates} certificates`)
    return []
  }
  const hint = 'Give only the certificate whose key signs the tokens, without its chain.'
  return certificates.filter(({ certificate, at }) => {
    const isAuthority = certificates.some((other) => other.certificate.isIssuedBy(certificate))
    if (isAuthority) diagnostics.report('unusable-key', at, 'the certificate is the issuer of another one in this file', hint)
    return !isAuthority
  })
}

function readCertificate({ text, at }: PemBlock, diagnostics: Diagnostics): readonly PlacedCertificate[] {
  try {
    return [{ certificate: new Certificate(text), at }]
  } catch {
    diagnostics.report('unusable-key', at, 'the certificate is malformed')
    return []
  }
}

function readKey(block: PemBlock, diagnostics: Diagnostics): readonly IssuerKey[] {
  let key: KeyObject
  try {
    key = createPublicKey(block.text)
  } catch {
    diagnostics.report('unusable-key', block.at, 'the public key is malformed')
    return []
  }
  return accept(key, endless, block.at, diagnostics)
}

function accept(
  key: KeyObject,
  { notBefore, notAfter }: { readonly notBefore: number | null; readonly notAfter: number | null },
  at: Location,
  diagnostics: Diagnostics,
): readonly IssuerKey[] {
  const judged = judgePublicKey(key)
  if (judged.kind === 'usable') return [{ kid: null, algorithms: judged.algorithms, jwk: judged.jwk, notBefore, notAfter, at }]
  diagnostics.report(judged.code, at, `the key ${judged.message}`)
  return []
}

/** Blocks that are not closed are reported. Line by line, so that a file of a million opening lines costs no more than another of its size. */
export function pemBlocks(text: string, file: string, diagnostics: Diagnostics): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  let open: { label: string; lines: string[]; at: Location } | null = null
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const boundary = /^-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----\s*$/.exec(line)
    if (boundary?.[1] === 'BEGIN') {
      if (open !== null) reportUnclosed(open, diagnostics)
      open = { label: boundary[2] ?? '', lines: [], at: { file, line: index + 1, column: 1, pointer: '#' } }
    }
    open?.lines.push(line)
    if (boundary?.[1] === 'END' && open !== null) {
      if (boundary[2] === open.label) blocks.push({ label: open.label, text: open.lines.join('\n'), at: open.at })
      else reportUnclosed(open, diagnostics)
      open = null
    }
  }
  if (open !== null) reportUnclosed(open, diagnostics)
  return blocks
}

function reportUnclosed(block: { label: string; at: Location }, diagnostics: Diagnostics): void {
  if (block.label.endsWith('PRIVATE KEY')) diagnostics.report('private-key', block.at, 'the file holds the beginning of a private key')
  else diagnostics.report('unusable-key', block.at, `the PEM block \`${block.label}\` is not closed`)
}
