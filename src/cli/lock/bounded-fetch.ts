/** What every request of `postern lock` keeps to: https that is verified, few redirects, answers that are bounded. */

const mostRedirects = 5

/** Nobody gave the thing in time, or what was given cannot be it; the message says why. */
export class FetchError extends Error {}

/** The connection has ended before all was there: the next one may last. */
export class BrokenOff extends FetchError {}

/** Codes of Node and of its fetch. */
const broken: readonly string[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH']

export type Asking = {
  readonly signal: AbortSignal
  readonly method?: 'GET' | 'HEAD'
  /** Fields for who answers at this address: redirects may lead to others. */
  readonly headers: (address: URL) => Readonly<Record<string, string>>
  /** What may be asked without TLS; nothing where it is left out. */
  readonly plain?: (address: URL) => boolean
}

/**
 * The answer at an address or where it redirects to, whatever its status. Certificates are verified as Node does, so that an authority of
 * one's own is named by NODE_EXTRA_CA_CERTS.
 */
export async function ask(url: string, asking: Asking): Promise<Response> {
  // Node's fetch heeds it, and what is pinned would be anybody's.
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new FetchError(`${url} is not fetched: NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody answer`)
  let address = url
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await send(address, url, asking)
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
    if (location === null) return answer
    await answer.body?.cancel()
    if (!URL.canParse(location, address)) throw new FetchError(`${url} redirects to what is no address`)
    const next = new URL(location, address)
    if (next.protocol !== 'https:' && asking.plain?.(next) !== true) throw new FetchError(`${url} redirects to what is not https`)
    address = next.href
  }
  throw new FetchError(`${url} redirects more than ${mostRedirects} times`)
}

async function send(address: string, url: string, { signal, method = 'GET', headers }: Asking): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'manual', signal, method, headers: headers(new URL(address)) })
  } catch (error) {
    // Addresses of redirects are not told whole: they may have a signature in them, which is a credential.
    const where = address === url ? url : `${url}, which is at ${new URL(address).origin},`
    throw fetchError(error, (why) => `${where} cannot be fetched (${why})`)
  }
}

/** The body of an answer, which may have so many bytes. */
export async function readWhole(answer: Response, url: string, most: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of piecesOf(answer, url)) {
    bytes += piece.length
    if (bytes > most) throw new FetchError(`${url} has more than ${most / 1_000_000} MB`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

/** The body of an answer as it comes. */
export async function* piecesOf(answer: Response, url: string): AsyncGenerator<Uint8Array> {
  if (answer.body === null) return
  try {
    yield* answer.body
  } catch (error) {
    throw fetchError(error, (why) => `${url} ends in the middle (${why})`)
  }
}

function fetchError(error: unknown, message: (why: string) => string): FetchError {
  const why = reason(error)
  return broken.includes(why) ? new BrokenOff(message(why)) : new FetchError(message(why))
}

/** Codes of Node and OpenSSL name it best (`ECONNREFUSED`, `SELF_SIGNED_CERT_IN_CHAIN`); they stand in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  for (const each of [cause, error]) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') return each.code
    if (each instanceof Error && each.name === 'TimeoutError') return 'no whole answer in time'
    // Of the Fetch standard.
    if (each instanceof Error && each.message === 'bad port')
      return 'fetch asks nobody at this port, which belongs to another protocol, as 6000 and 10080 do'
  }
  return error instanceof FetchError ? error.message : 'no reason given'
}
