/** Pages of which origins may read an operation's answers, and send what (WHATWG Fetch §3.3). */
export type CorsPlan = {
  /** As browsers write them in `Origin`; empty: none. */
  readonly origins: 'any' | readonly string[]
  /** Names of fields of requests, in lower case; `*` stands for every one but `authorization`. */
  readonly headers: readonly string[]
  /** Names of fields of answers that pages may read; `*` stands for every one. */
  readonly expose: readonly string[]
  /** Pages may send cookies, client certificates and the browser's own credentials, and read what comes back. */
  readonly credentials: boolean
  /** Seconds for which a browser may remember the answer to a preflight; `null`: as long as it does by itself. */
  readonly maxAge: number | null
}
