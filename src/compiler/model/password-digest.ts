/** Digests of passwords, as users.yaml holds them. Nothing of what is written is repeated in a message: it may be a password. */
import type { PasswordPlan } from '../../contract/plan/user.ts'

/** Node's scrypt takes 128 * cost * blockSize bytes; so much is what the gateway spends on one password. */
const mostMemory = 128 * 1024 * 1024
const leastCost = 16_384

/** `null` for anything else, and for what costs too little or too much. */
export function parsePasswordDigest(text: string): PasswordPlan | null {
  const [, algorithm, hash = ''] = /^@(sha256|sha512):\{?([0-9A-Fa-f]+)\}?$/.exec(text) ?? []
  if (algorithm === 'sha256' || algorithm === 'sha512')
    return hash.length === (algorithm === 'sha256' ? 64 : 128) ? { kind: algorithm, hash: hash.toLowerCase() } : null
  return parseScrypt(text)
}

function parseScrypt(text: string): PasswordPlan | null {
  const found = /^scrypt\$(\d{1,7})\$(\d{1,3})\$(\d{1,2})\$([A-Za-z0-9_-]{22,86})\$([A-Za-z0-9_-]{43,86})$/.exec(text)
  if (found === null) return null
  const [, cost, blockSize, parallelization] = found.map(Number) as [number, number, number, number]
  const sound =
    cost >= leastCost &&
    Number.isInteger(Math.log2(cost)) &&
    blockSize >= 8 &&
    parallelization >= 1 &&
    parallelization <= 4 &&
    128 * cost * blockSize <= mostMemory
  return sound ? { kind: 'scrypt', cost, blockSize, parallelization, salt: found[4]!, hash: found[5]! } : null
}
