/** What a token endpoint answers (RFC 6749 §5.1). */

export type GrantedToken = {
  readonly text: string
  /** Milliseconds. */
  readonly life: number
}

/** RFC 6750 §2.1, and no longer than a field may be. */
const bearerToken = /^[A-Za-z0-9\-._~+/]{1,8192}=*$/

/** Seconds for which a token counts whose server does not say. */
const unsaidLife = 300
/** Seconds: a token that lives longer is replaced all the same. */
const longestLife = 86_400

/** `null` for an answer that gives no bearer token. */
export function readTokenAnswer(text: string): GrantedToken | null {
  const answer = parsed(text)
  if (typeof answer !== 'object' || answer === null) return null
  const { access_token: token, token_type: type, expires_in: expires } = answer as Readonly<Record<string, unknown>>
  if (typeof token !== 'string' || !bearerToken.test(token)) return null
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return null
  const life = expires === undefined ? unsaidLife : Number(expires)
  return Number.isFinite(life) && life > 0 ? { text: token, life: Math.min(life, longestLife) * 1000 } : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
