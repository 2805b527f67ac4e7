/** The bearer scheme of the Authorization field (RFC 6750 §2.1). */

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
