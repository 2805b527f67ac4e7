/** The schemes of the Authorization field in which tokens come (RFC 6750 §2.1, RFC 9449 §7.1). */

/** One spelling for the cache's keys: what nearly every client sends, so that its field value is the key as it stands. */
export const bearerPrefix = 'Bearer '

/**
 * Returns the token, or undefined when the field value is for another scheme. What is in the token is not looked at. The scheme is
 * followed by one space: a second one is part of the token and makes it malformed.
 */
export function bearerToken(credential: string): string | undefined {
  const scheme = credential.slice(0, bearerPrefix.length).toLowerCase()
  return scheme === 'bearer ' || scheme === 'bearer' ? credential.slice(bearerPrefix.length) : undefined
}

/** The same for a token that comes with a proof. */
export function dpopToken(credential: string): string | undefined {
  return credential.slice(0, 5).toLowerCase() === 'dpop ' ? credential.slice(5) : undefined
}
