/** What bars a token that somebody hands over to have it revoked: only what an issuer of the project has signed, and what has not expired. */
import crypto from 'node:crypto'
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import type { KeyPlan } from '../contract/plan/keys.ts'
import type { RevokedPlan } from '../contract/plan/revocation.ts'
import type { GatewayPlan } from '../contract/plan.ts'

export type TokenRefusalCode = 'token-malformed' | 'token-foreign' | 'token-unverified' | 'token-forged' | 'token-expired'

/** Why a token is not revoked. Nothing of its text is in the message. */
export class TokenRefusal extends Error {
  readonly code: TokenRefusalCode
  readonly hint: string

  constructor(code: TokenRefusalCode, message: string, hint: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

/** Whether a text is meant as a JWT: three parts, the first of which begins as JSON does: `{"`, or `{` and white space. */
export function looksLikeToken(text: string): boolean {
  return /^(?:ey[AJ]|ew[0ko])[\w-]*\.[\w-]*\.[\w-]*$/.test(text)
}

/** Whether most of one stands in a text: in quotes, in several lines, or with something before it. */
export function holdsToken(text: string): boolean {
  return /(?:ey[AJ]|ew[0ko])[\w-]{10,}\.[\w-]{10,}/.test(text)
}

/** An access token, or a signed API key. @param now seconds since the epoch. Rejects with a TokenRefusal. */
export async function entryForToken(
  token: string,
  { issuers, apiKeyIssuers }: Pick<GatewayPlan, 'issuers' | 'apiKeyIssuers'>,
  now: number,
): Promise<RevokedPlan> {
  const claims = claimsOf(token)
  const { iss, jti, exp } = claims
  const signsKeys = apiKeyIssuers.some(({ issuer }) => issuer === iss)
  const known = [...issuers, ...apiKeyIssuers].filter(({ issuer }) => issuer === iss)
  const keys = known.flatMap((issuer) => issuer.keys)
  if (typeof iss !== 'string' || known.length === 0)
    throw new TokenRefusal('token-foreign', 'The token is of no issuer of the project.', 'Revoke it where its issuer is known.')
  if (keys.length === 0) {
    const hint = `If you trust the token, revoke what it names: postern revoke ${shown(jti)} --issuer ${shown(iss)} --expires ${shown(exp)}`
    throw new TokenRefusal(
      'token-unverified',
      'The keys of its issuer are not in the project, so that the token cannot be verified here.',
      hint,
    )
  }
  if (!(await isSignedBy(keys, token)))
    throw new TokenRefusal(
      'token-forged',
      'No key of its issuer has signed the token.',
      'Gateways of this project refuse it. If one still runs that was built with another key, revoke what it names: a jti, with --issuer and --expires.',
    )
  // A signed API key may hold until it is revoked.
  const expires = exp === undefined && signsKeys ? null : exp
  if (expires !== null && (typeof expires !== 'number' || !Number.isFinite(expires)))
    throw new TokenRefusal(
      'token-malformed',
      'The token does not say when it expires.',
      'It is refused everywhere: there is nothing to revoke.',
    )
  if (expires !== null && expires + Math.max(...known.map(({ clockSkew }) => clockSkew)) <= now)
    throw new TokenRefusal(
      'token-expired',
      `The token expired at ${new Date(expires * 1000).toISOString()}.`,
      'There is nothing to revoke.',
    )
  const until = expires === null ? null : Math.ceil(expires)
  // By its id where it has one: of a token with an ECDSA signature there is a second text.
  return typeof jti === 'string' && jti !== ''
    ? { kind: 'token', name: jti, issuer: iss, before: null, expires: until }
    : { kind: 'digest', name: digestOf(token), issuer: null, before: null, expires: until }
}

/** As gateways look for it. */
export function digestOf(token: string): string {
  return crypto.createHash('sha256').update(token).digest('base64url')
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return { ...claims }
  } catch {
    // Said below.
  }
  throw new TokenRefusal('token-malformed', 'The token cannot be read: its second part is no JSON.', 'Give the whole token.')
}

/** By the key that it names, or, where it names none, by one of its algorithm. */
async function isSignedBy(keys: readonly KeyPlan[], token: string): Promise<boolean> {
  const { alg, kid } = headerOf(token)
  for (const { kid: id, algorithms, jwk } of keys) {
    const algorithm = algorithms.find((each) => each === alg)
    if (algorithm === undefined || (kid !== undefined && id !== null && kid !== id)) continue
    const verified = await importJWK(jwk as JWK, algorithm)
      .then((key) => compactVerify(token, key, { algorithms: [algorithm] }))
      .catch(() => null)
    if (verified !== null) return true
  }
  return false
}

function headerOf(token: string): { readonly alg?: unknown; readonly kid?: unknown } {
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw new TokenRefusal('token-malformed', 'The token cannot be read: its first part is no JSON.', 'Give the whole token.')
  }
}

/** A claim as a word of a command line; what could do harm there is not repeated. */
function shown(value: unknown): string {
  return (typeof value === 'string' || typeof value === 'number') && /^[\w.:/@-]{1,200}$/.test(String(value)) ? String(value) : '…'
}
