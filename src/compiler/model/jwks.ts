/** A JSON Web Key Set (RFC 7517): its public signature keys. */
import { createPublicKey, type KeyObject, type webcrypto } from 'node:crypto'
import {
  encryptionAlgorithm,
  encryptionOperations,
  kidPattern,
  longestMember,
  privateMembers,
  publicMembers,
} from '../../contract/key-rules.ts'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { entry } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { Certificate } from './certificate.ts'
import { isJwtAlgorithm, judgePublicKey } from './public-key.ts'
import type { IssuerKey } from './types/issuer.ts'

type Problem = { readonly code: DiagnosticCode; readonly message: string; readonly hint?: string }

/** Reads every signature key of a set. What cannot be used is reported and left out. */
export function readJwks(document: SourceNode, diagnostics: Diagnostics): readonly IssuerKey[] {
  const list = document.kind === 'object' ? entry(document, 'keys') : null
  if (list?.kind !== 'array') {
    diagnostics.report('unusable-key', document.at, 'the file is not a JWKS: it has no list `keys`', 'Write `{ "keys": [ … ] }`.')
    return []
  }
  if (list.items.every(isForEncryption)) diagnostics.report('unusable-key', list.at, 'the set has no key for signatures')
  return list.items.flatMap((node) => {
    if (node.kind !== 'object') return report(node, { code: 'unusable-key', message: 'a key must be an object' }, diagnostics)
    const problem = findSecret(node)
    if (problem !== null) return report(node, problem, diagnostics)
    return isForEncryption(node) ? [] : readJwk(node, diagnostics)
  })
}

/** Identity providers publish their encryption keys in the same set; those are left out on purpose. */
function isForEncryption(node: SourceNode): boolean {
  if (node.kind !== 'object') return false
  if (textOf(node, 'use') === 'enc' || encryptionAlgorithm.test(textOf(node, 'alg') ?? '')) return true
  const operations = entry(node, 'key_ops')
  return operations?.kind === 'array' && operations.items.length > 0 && operations.items.every((item) => isEncryptionOperation(item))
}

/** RFC 7517 section 4.3. */
function isEncryptionOperation(node: SourceNode): boolean {
  return node.kind === 'scalar' && encryptionOperations.includes(node.text)
}

function findSecret(node: ObjectNode): Problem | null {
  if (textOf(node, 'kty') === 'oct' || node.entries.has('k')) return { code: 'symmetric-key', message: `${nameOf(node)} is symmetric` }
  const isPrivate = privateMembers.some((member) => node.entries.has(member))
  return isPrivate ? { code: 'private-key', message: `${nameOf(node)} is a private key` } : null
}

function readJwk(node: ObjectNode, diagnostics: Diagnostics): readonly IssuerKey[] {
  const problem = findMisuse(node)
  if (problem !== null) return report(node, problem, diagnostics)
  const key = importKey(node)
  if (key === null) return report(node, { code: 'unusable-key', message: `${nameOf(node)} is malformed` }, diagnostics)
  const judged = judgePublicKey(key)
  if (judged.kind === 'refused') return report(node, { code: judged.code, message: `${nameOf(node)} ${judged.message}` }, diagnostics)
  const algorithms = pinned(judged.algorithms, textOf(node, 'alg'))
  if (algorithms.length === 0) {
    const message = `${nameOf(node)} cannot have the \`alg\` \`${textOf(node, 'alg')}\`: it is a key for ${judged.algorithms.join(', ')}`
    return report(node, { code: 'unusable-key', message }, diagnostics)
  }
  const times = readTimes(node, key)
  if (times === null)
    return report(node, { code: 'unusable-key', message: `the \`x5c\` of ${nameOf(node)} is not its certificate` }, diagnostics)
  return [{ kid: textOf(node, 'kid'), algorithms, jwk: judged.jwk, ...times, at: node.at }]
}

/** RFC 7517 sections 4.2 to 4.5: what the key says about itself and its use. */
function findMisuse(node: ObjectNode): Problem | null {
  if (entry(node, 'kid') !== null && !kidPattern.test(textOf(node, 'kid') ?? '')) {
    return { code: 'unusable-key', message: 'the `kid` of a key must be plain text of up to 256 characters' }
  }
  const use = entry(node, 'use')
  if (use !== null && textOf(node, 'use') !== 'sig')
    return { code: 'unusable-key', message: `the \`use\` of ${nameOf(node)} is not \`sig\`` }
  const operations = entry(node, 'key_ops')
  const verifies = operations?.kind === 'array' && operations.items.some((item) => item.kind === 'scalar' && item.value === 'verify')
  if (operations !== null && !verifies)
    return { code: 'unusable-key', message: `the \`key_ops\` of ${nameOf(node)} do not name \`verify\`` }
  const algorithm = entry(node, 'alg')
  if (algorithm !== null && !isJwtAlgorithm(textOf(node, 'alg') ?? '')) {
    return { code: 'unusable-key', message: `the \`alg\` of ${nameOf(node)} is not a supported signature algorithm` }
  }
  return null
}

function importKey(node: ObjectNode): KeyObject | null {
  const type = textOf(node, 'kty') ?? ''
  const members = publicMembers.get(type)
  if (members === undefined) return null
  const jwk: webcrypto.JsonWebKey & Record<string, string> = { kty: type }
  for (const member of members) {
    const value = textOf(node, member)
    if (value === null || value.length > longestMember || !/^[A-Za-z0-9_-]+$/.test(value)) return null
    jwk[member] = value
  }
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return null
  }
}

function pinned(algorithms: readonly JwtAlgorithm[], alg: string | null): readonly JwtAlgorithm[] {
  return alg === null ? algorithms : algorithms.filter((algorithm) => algorithm === alg)
}

/** A key may carry its certificate (RFC 7517 section 4.7). Returns `null` where that is another key's. */
function readTimes(node: ObjectNode, key: KeyObject): { notBefore: number | null; notAfter: number | null } | null {
  const chain = entry(node, 'x5c')
  if (chain === null) return { notBefore: null, notAfter: null }
  const leaf = chain.kind === 'array' ? chain.items[0] : undefined
  if (leaf?.kind !== 'scalar' || typeof leaf.value !== 'string') return null
  try {
    const { publicKey, notBefore, notAfter } = new Certificate(Buffer.from(leaf.value, 'base64'))
    return publicKey.equals(key) ? { notBefore, notAfter } : null
  } catch {
    return null
  }
}

function textOf(node: ObjectNode, key: string): string | null {
  const value = entry(node, key)
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null
}

function nameOf(node: ObjectNode): string {
  const kid = textOf(node, 'kid')
  return kid === null ? 'the key' : `the key \`${kid.slice(0, 80)}\``
}

function report(node: SourceNode, problem: Problem, diagnostics: Diagnostics): readonly [] {
  diagnostics.report(problem.code, node.at, problem.message, problem.hint)
  return []
}
