/** What an issuer says of whoever holds its credential: a token's payload, or what the project says of an API key and a user. */

/** JSON, parsed once and shared by all requests with the credential. */
export type Claims = Readonly<Record<string, unknown>>
