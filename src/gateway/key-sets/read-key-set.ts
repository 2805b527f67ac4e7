/**
 * A JSON Web Key Set (RFC 7517) as an issuer gives it out while the gateway runs. Nobody is there to correct it: a key that would stop
 * the build is left out, so that one bad key does not take the good ones along. A set that is none is refused as a whole.
 */
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'
import { isJsonObject } from '../json-object.ts'
import { isForEncryption, type KeyFault, readFetchedKey, secretIn } from './fetched-key.ts'

export type KeySet = {
  readonly keys: readonly KeyPlan[]
  readonly leftOut: readonly { readonly kid: string | null; readonly fault: KeyFault }[]
}

/** Bytes. Key sets have a few kilobytes. */
export const largestKeySet: number = 256 * 1024
/** Those for encryption count as well. */
const mostKeys = 100

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @param permitted what the project confines the issuer to. */
export function readKeySet(bytes: Uint8Array, permitted: readonly JwtAlgorithm[]): KeySet | 'malformed' | 'too-many-keys' {
  const list = keysIn(bytes)
  if (list === null) return 'malformed'
  if (list.length > mostKeys) return 'too-many-keys'
  const leftOut: { readonly kid: string | null; readonly fault: KeyFault }[] = []
  const read: KeyPlan[] = []
  for (const entry of list) {
    if (!isJsonObject(entry)) {
      leftOut.push({ kid: null, fault: 'not-an-object' })
      continue
    }
    const secret = secretIn(entry)
    if (secret === null && isForEncryption(entry)) continue
    const key = secret ?? readFetchedKey(entry, permitted)
    if (typeof key === 'string') leftOut.push({ kid: typeof entry.kid === 'string' ? entry.kid.slice(0, 80) : null, fault: key })
    else read.push(key)
  }
  // Which of two keys with one id is meant cannot be told, so that neither is used.
  const twice = new Set(
    read.filter(({ kid }, index) => kid !== null && read.findIndex((other) => other.kid === kid) !== index).map(({ kid }) => kid),
  )
  for (const kid of twice) leftOut.push({ kid, fault: 'duplicate-kid' })
  return { keys: read.filter(({ kid }) => !twice.has(kid)), leftOut }
}

function keysIn(bytes: Uint8Array): readonly unknown[] | null {
  try {
    const document: unknown = JSON.parse(utf8.decode(bytes))
    return isJsonObject(document) && Object.hasOwn(document, 'keys') && Array.isArray(document.keys) ? document.keys : null
  } catch {
    return null
  }
}
