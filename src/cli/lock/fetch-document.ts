/** A document on the network, fetched whole or not at all. */
import { UsageError } from '../failures.ts'

/** Bytes; what a source file may have. */
const largest = 20_000_000
const mostRedirects = 5
const timeoutMilliseconds = 30_000

/** Nobody gave the document in time, or what was given cannot be it; the message says why. */
export class FetchError extends Error {}

/**
 * The content of an https address. Redirects are followed to https only; certificates are verified as Node does, so that an authority of one's
 * own is named by NODE_EXTRA_CA_CERTS.
 */
export async function fetchDocument(url: string): Promise<Buffer> {
  // Node's fetch heeds it, and what is pinned would be anybody's.
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED === '0')
    throw new FetchError(`${url} is not fetched: NODE_TLS_REJECT_UNAUTHORIZED=0 lets anybody answer`)
  const signal = AbortSignal.timeout(timeoutMilliseconds)
  let address = url
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const answer = await ask(address, signal)
    const location = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
    if (location === null) return content(answer, url)
    await answer.body?.cancel()
    if (!URL.canParse(location, address)) throw new FetchError(`${url} redirects to what is no address`)
    address = new URL(location, address).href
    if (!address.startsWith('https:')) throw new FetchError(`${url} redirects to what is not https`)
  }
  throw new FetchError(`${url} redirects more than ${mostRedirects} times`)
}

async function ask(address: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(address, { redirect: 'manual', signal, headers: { accept: 'application/json, application/yaml, */*' } })
  } catch (error) {
    throw new FetchError(`${address} cannot be fetched (${reason(error)})`)
  }
}

async function content(answer: Response, url: string): Promise<Buffer> {
  if (answer.status !== 200 || answer.body === null) {
    await answer.body?.cancel()
    throw new FetchError(`${url} answers ${answer.status}`)
  }
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const piece of answer.body) {
      bytes += piece.length
      if (bytes > largest) throw new FetchError(`${url} has more than ${largest / 1_000_000} MB`)
      pieces.push(piece)
    }
  } catch (error) {
    throw error instanceof FetchError ? error : new FetchError(`${url} ends in the middle (${reason(error)})`)
  }
  if (bytes === 0) throw new FetchError(`${url} is empty`)
  return Buffer.concat(pieces)
}

/** Codes of Node and OpenSSL name it best (`ECONNREFUSED`, `SELF_SIGNED_CERT_IN_CHAIN`); they stand in the cause. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  for (const each of [cause, error]) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') return each.code
    if (each instanceof Error && each.name === 'TimeoutError') return `no whole answer within ${timeoutMilliseconds / 1000} s`
  }
  return 'no reason given'
}

export function asUsageError(error: unknown): unknown {
  return error instanceof FetchError ? new UsageError(`${error.message}.`, 'Nothing was written; the last lock stands.') : error
}
