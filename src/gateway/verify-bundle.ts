/** Whether the files of a bundle are the ones that were built together. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { checksumsFile, readChecksums } from '../contract/checksums.ts'
import { signatureFile, signsStatement, takeChecksum } from '../contract/signature-file.ts'
import { StartError } from './settings.ts'

export type VerifiedBundle = { readonly digest: string; readonly manifest: Buffer }

/**
 * Throws a StartError that names the file which is missing or was altered.
 * @param manifestDigest hex SHA-256 of manifest.json's text without the gateway's own digest
 */
export function verifyBundle(moduleUrl: string, manifestDigest: string): VerifiedBundle {
  const gatewayDigest = sha256(readBundleFile(new URL(moduleUrl), 'gateway.mjs'))
  const manifest = readBundleFile(new URL('manifest.json', moduleUrl), 'manifest.json')
  const text = manifest.toString('utf8')
  const digest = `sha256:${gatewayDigest}`
  // Only here: a digest that stood elsewhere would let other text of the manifest stand here.
  const beginning = `{\n  "digest": "${digest}",`
  if (!text.startsWith(beginning)) throw new StartError('gateway.mjs was altered: it is not the one that manifest.json describes')
  if (sha256(`{\n  "digest": "",${text.slice(beginning.length)}`) !== manifestDigest) throw new StartError('manifest.json was altered')
  verifyChecksums(
    moduleUrl,
    new Map([
      ['gateway.mjs', gatewayDigest],
      ['manifest.json', sha256(manifest)],
    ]),
  )
  verifySignatureFile(moduleUrl)
  return { digest, manifest }
}

/** The two files do without SHA256SUMS, as they do in an image. Where it is there, every file is to be as it says. */
function verifyChecksums(moduleUrl: string, verified: ReadonlyMap<string, string>): void {
  const text = readIfThere(moduleUrl, checksumsFile)
  if (text === null) return
  const expected = readChecksums(text.toString('utf8'))
  if (expected === null) throw new StartError(`${checksumsFile} was altered: it is not as it was built`)
  for (const name of verified.keys()) {
    if (!expected.has(name)) throw new StartError(`${checksumsFile} was altered: it does not name ${name}`)
  }
  for (const [name, digest] of expected) {
    const found = verified.get(name) ?? sha256(readBundleFile(new URL(name, moduleUrl), name))
    if (found !== digest) throw new StartError(`${name} was altered: it is not the one that ${checksumsFile} names`)
  }
}

/** Where it is there, it is to be whole, and of this provenance. Whose it is, is not for the gateway to say: it has no key to trust. */
function verifySignatureFile(moduleUrl: string): void {
  const content = readIfThere(moduleUrl, signatureFile)
  if (content === null) return
  // Not as UTF-8, in which different bytes can be the same text.
  const text = content.toString('latin1')
  const taken = takeChecksum(text)
  if (taken === null || sha256(taken.text) !== taken.checksum)
    throw new StartError(`${signatureFile} was altered: it is not as it was signed`)
  const provenance = readBundleFile(new URL('provenance.json', moduleUrl), 'provenance.json')
  if (!signsStatement(text, provenance.toString('base64'))) throw new StartError(`${signatureFile} signs another provenance.json`)
}

function readIfThere(moduleUrl: string, name: string): Buffer | null {
  try {
    return readFileSync(new URL(name, moduleUrl))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new StartError(`${name} cannot be read (${codeOf(error)})`)
  }
}

function readBundleFile(url: URL, name: string): Buffer {
  try {
    return readFileSync(url)
  } catch (error) {
    throw new StartError(`${name} cannot be read (${codeOf(error)})`)
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}
