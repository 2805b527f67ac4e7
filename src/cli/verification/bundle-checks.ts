/** Whether the files of a bundle belong together, and say the same of each other. */
import { digestOf, hexOf } from '../../compiler/digest.ts'
import { checksumsFile, readChecksums } from '../../contract/checksums.ts'
import { signatureFile } from '../../contract/signature-file.ts'
import { manifestProblem } from '../manifest-digest.ts'
import type { BundleContents } from './bundle-contents.ts'
import { type Check, failed, passed } from './check.ts'

export function bundleChecks(contents: BundleContents): readonly Check[] {
  return [checksums(contents), manifestCheck(contents), provenance(contents), billOfMaterials(contents)]
}

/** Every file is named, with its digest; only the list itself and the signature are not. */
function checksums(contents: BundleContents): Check {
  const name = checksumsFile
  const text = contents.get(checksumsFile)?.toString('utf8')
  if (text === undefined) return failed(name, 'it is missing')
  const digests = readChecksums(text)
  if (digests === null) return failed(name, 'it is not as `postern build` writes it')
  const missing = [...digests.keys()].filter((file) => !contents.has(file))
  if (missing.length > 0) return failed(name, `missing: ${missing.join(', ')}`)
  const others = [...contents.keys()].filter((file) => !digests.has(file) && file !== checksumsFile && file !== signatureFile)
  if (others.length > 0) return failed(name, `not of the bundle: ${others.join(', ')}`)
  const altered = [...digests].filter(([file, digest]) => sha256(contents.get(file)!) !== digest).map(([file]) => file)
  return altered.length > 0 ? failed(name, `altered: ${altered.join(', ')}`) : passed(name, `${digests.size} files`)
}

/** As the gateway itself looks at its start. */
export function manifestCheck(contents: BundleContents): Check {
  const name = 'manifest'
  const gateway = contents.get('gateway.mjs')
  const text = contents.get('manifest.json')?.toString('utf8')
  if (gateway === undefined || text === undefined) return failed(name, 'gateway.mjs or manifest.json is missing')
  const problem = manifestProblem(gateway, text)
  return problem === null ? passed(name, digestOf(gateway)) : failed(name, problem)
}

/** The statement names all that SHA256SUMS names but itself, with the same digests. */
function provenance(contents: BundleContents): Check {
  const name = 'provenance'
  const text = contents.get('provenance.json')
  if (text === undefined) return failed(name, 'provenance.json is missing')
  const subjects = subjectsOf(text.toString('utf8'))
  if (subjects === null) return failed(name, 'it is no in-toto statement with SLSA provenance')
  const own = new Set(['provenance.json', checksumsFile, signatureFile])
  const files = [...contents.keys()].filter((file) => !own.has(file))
  const unnamed = files.filter((file) => subjects.get(file) !== sha256(contents.get(file)!))
  if (unnamed.length > 0) return failed(name, `it does not vouch for ${unnamed.join(', ')}`)
  const absent = [...subjects.keys()].filter((file) => !contents.has(file))
  return absent.length > 0
    ? failed(name, `it vouches for what is not there: ${absent.join(', ')}`)
    : passed(name, `of ${files.length} files`)
}

/** Digests by name; `null` where the text is something else. */
export function subjectsOf(text: string): ReadonlyMap<string, string> | null {
  const statement = parsed(text)
  if (statement._type !== 'https://in-toto.io/Statement/v1' || statement.predicateType !== 'https://slsa.dev/provenance/v1') return null
  if (!Array.isArray(statement.subject)) return null
  const subjects = new Map<string, string>()
  for (const subject of statement.subject) {
    const { name, digest } = recordOf(subject)
    const { sha256: hex } = recordOf(digest)
    if (typeof name !== 'string' || typeof hex !== 'string' || subjects.has(name)) return null
    subjects.set(name, hex)
  }
  return subjects
}

function billOfMaterials(contents: BundleContents): Check {
  const name = 'bill of materials'
  const text = contents.get('sbom.cdx.json')
  const gateway = contents.get('gateway.mjs')
  if (text === undefined || gateway === undefined) return failed(name, 'sbom.cdx.json or gateway.mjs is missing')
  const { metadata, components } = parsed(text.toString('utf8'))
  const { hashes } = recordOf(recordOf(metadata).component)
  const named = Array.isArray(hashes) && hashes.some((hash) => recordOf(hash).content === sha256(gateway))
  if (!named || !Array.isArray(components)) return failed(name, 'it is that of another gateway')
  return passed(name, `${components.length} components`)
}

function sha256(content: Buffer): string {
  return hexOf(digestOf(content))
}

/** Empty for what is no JSON object. */
function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(text))
  } catch {
    return {}
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
