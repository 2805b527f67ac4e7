/** Entries for api-keys.yaml and users.yaml: digests, from which nobody gets back the key or the password. */
import { randomBytes, scryptSync } from 'node:crypto'
import { digestOf } from '../compiler/digest.ts'
import { isKeyName } from '../compiler/model/api-keys.ts'
import { UsageError } from './failures.ts'

/** The key has 256 random bits, so SHA-256 without salt is enough. */
export function makeApiKey(
  id: string,
  consumer: string | undefined,
  scopes: readonly string[],
): { readonly key: string; readonly entry: string } {
  for (const name of [id, consumer ?? id]) {
    if (!isKeyName(name))
      throw new UsageError(`An API key cannot have the name ${JSON.stringify(name)}.`, 'Use letters, digits, `.`, `_`, `@` and `-`.')
  }
  const key = randomBytes(32).toString('base64url')
  const lines = [`- id: ${id}`, `digest: ${digestOf(key)}`]
  if (consumer !== undefined) lines.push(`consumer: ${consumer}`)
  if (scopes.length > 0) lines.push(`scopes: ${JSON.stringify(scopes)}`)
  return { key, entry: `  ${lines.join('\n    ')}\n` }
}

const cost = 16_384
const blockSize = 8
const parallelization = 1

/** As users.yaml has it: `scrypt$N$r$p$salt$hash` (RFC 7914). */
export function passwordDigest(password: string): string {
  const salt = randomBytes(16)
  const hash = scryptSync(password.normalize('NFC'), salt, 32, { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize })
  return `scrypt$${cost}$${blockSize}$${parallelization}$${salt.toString('base64url')}$${hash.toString('base64url')}`
}
