/** A backend's Digest challenge (RFC 7616 §3.3), as far as the gateway answers it. */
import type { DigestAlgorithm } from '../../contract/plan/backend-credential.ts'
import { type Challenge, readChallenges } from './challenges.ts'

export type DigestChallenge = {
  readonly realm: string
  readonly nonce: string
  /** `null` where there is none. */
  readonly opaque: string | null
  readonly algorithm: DigestAlgorithm
  /** As the backend spells it; `null` where it leaves it out. */
  readonly algorithmText: string | null
  /** The key is made from nonce and cnonce as well. */
  readonly session: boolean
  readonly qop: 'auth' | 'auth-int'
  readonly stale: boolean
  readonly userhash: boolean
}

/** Characters of a nonce, an opaque and a realm: they are sent back with every request. */
const maximumPart = 512

/** What can be put between quotes in a field again, and is hashed as it stands. */
const ascii = /^[\x20-\x7e]*$/

/**
 * The strongest challenge that uses one of `algorithms`, which are in order of strength; `null` where there is none. Of two with the same
 * algorithm the first.
 */
export function chooseChallenge(text: string, algorithms: readonly DigestAlgorithm[]): DigestChallenge | null {
  const challenges = readChallenges(text) ?? []
  const understood = challenges.filter(({ scheme }) => scheme === 'digest').flatMap((challenge) => digestChallenge(challenge) ?? [])
  for (const algorithm of algorithms) {
    const found = understood.find((challenge) => challenge.algorithm === algorithm)
    if (found !== undefined) return found
  }
  return null
}

/** `null` for a challenge that cannot be answered. */
function digestChallenge({ parameters }: Challenge): DigestChallenge | null {
  const realm = parameters.get('realm')
  const nonce = parameters.get('nonce')
  const opaque = parameters.get('opaque') ?? null
  const algorithmText = parameters.get('algorithm') ?? null
  const qop = chooseQop(parameters.get('qop'))
  const known = algorithmOf(algorithmText ?? 'MD5')
  if (realm === undefined || nonce === undefined || nonce === '' || qop === null || known === null) return null
  if ([realm, nonce, opaque ?? ''].some((part) => part.length > maximumPart) || !ascii.test(nonce + (opaque ?? ''))) return null
  return {
    realm,
    nonce,
    opaque,
    ...known,
    algorithmText,
    qop,
    stale: parameters.get('stale')?.toLowerCase() === 'true',
    userhash: parameters.get('userhash')?.toLowerCase() === 'true',
  }
}

function algorithmOf(text: string): { readonly algorithm: DigestAlgorithm; readonly session: boolean } | null {
  const upper = text.toUpperCase()
  const session = upper.endsWith('-SESS')
  const algorithm = session ? upper.slice(0, -'-SESS'.length) : upper
  return algorithm === 'SHA-256' || algorithm === 'SHA-512-256' || algorithm === 'MD5' ? { algorithm, session } : null
}

/** `auth` where the backend allows it: it needs no look at the body. A challenge without `qop` is RFC 2069's, which protects nothing. */
function chooseQop(text: string | undefined): 'auth' | 'auth-int' | null {
  const offered = (text ?? '').split(',').map((each) => each.trim().toLowerCase())
  return offered.includes('auth') ? 'auth' : offered.includes('auth-int') ? 'auth-int' : null
}
