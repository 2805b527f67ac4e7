/** Key files: JWKS (RFC 7517) or PEM (RFC 7468), told apart by what is in them. */
import { posix } from 'node:path'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import type { Diagnostics } from '../diagnostics.ts'
import type { Sources } from '../source/sources.ts'
import { readJwks } from './jwks.ts'
import { readPem } from './pem.ts'
import { holdsSetting } from './setting-text.ts'
import type { IssuerKey } from './types/issuer.ts'
import type { Placed } from './types/placed.ts'

/** Bytes. Key sets have a few kilobytes. */
const largestKeyFile = 1024 * 1024

/**
 * Reads the keys of one issuer. What is wrong with a key is reported in its file; that none is left, where the file is named.
 * @param algorithms what the issuer is confined to; `null` for whatever the keys allow.
 */
export function readKeys(
  file: Placed<string>,
  algorithms: Placed<readonly JwtAlgorithm[]> | null,
  sources: Sources,
  diagnostics: Diagnostics,
): readonly IssuerKey[] {
  // A setting here is reported with all texts of postern.yaml.
  if (holdsSetting(file.value)) return []
  const name = /^[a-z][a-z0-9+.-]*:\/\//i.test(file.value) ? sources.fileOf(file.value, file.at) : file.value
  if (name === null) return []
  const keys = withUniqueIds(readKeyFile({ value: name, at: file.at }, sources, diagnostics), diagnostics)
  return algorithms === null ? keys : confine(keys, algorithms, diagnostics)
}

function readKeyFile(file: Placed<string>, sources: Sources, diagnostics: Diagnostics): readonly IssuerKey[] {
  const bytes = sources.bytes(file.value, file.at)
  if (bytes === null) return []
  if (bytes.length > largestKeyFile) {
    diagnostics.report('file-too-large', file.at, `\`${file.value}\` has more than 1 MiB`, 'A key file may have up to 1 MiB.')
    return []
  }
  const text = bytes.toString('latin1')
  if (text.includes('-----BEGIN ')) return readPem(text, posix.normalize(file.value), diagnostics)
  if (/^(?:\u00ef\u00bb\u00bf)?\s*[{[]/.test(text)) {
    const document = sources.document(file.value, file.at)
    return document === null ? [] : readJwks(document, diagnostics)
  }
  diagnostics.report(
    'unusable-key',
    file.at,
    `\`${file.value}\` is neither a JWKS nor PEM`,
    'Give a JWKS (JSON), or a public key or certificate as PEM.',
  )
  return []
}

function withUniqueIds(keys: readonly IssuerKey[], diagnostics: Diagnostics): readonly IssuerKey[] {
  const unique = new Map<string, IssuerKey>()
  for (const key of keys) {
    if (key.kid === null) continue
    if (unique.has(key.kid)) diagnostics.report('duplicate-kid', key.at, `two keys have the kid \`${key.kid}\``)
    else unique.set(key.kid, key)
  }
  return keys.filter((key) => key.kid === null || unique.get(key.kid) === key)
}

function confine(
  keys: readonly IssuerKey[],
  { value: permitted, at }: Placed<readonly JwtAlgorithm[]>,
  diagnostics: Diagnostics,
): readonly IssuerKey[] {
  return keys.map((key) => {
    const algorithms = key.algorithms.filter((algorithm) => permitted.includes(algorithm))
    if (algorithms.length === 0) {
      const name = key.kid === null ? 'the key' : `the key \`${key.kid}\``
      const place = `${key.at.file}:${key.at.line}`
      diagnostics.report(
        'algorithm-not-allowed',
        at,
        `no algorithm is left for ${name} at ${place}, which allows ${key.algorithms.join(', ')}`,
      )
    }
    return { ...key, algorithms }
  })
}
