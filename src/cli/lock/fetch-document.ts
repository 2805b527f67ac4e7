/** A document on the network, fetched whole or not at all. */
import { UsageError } from '../failures.ts'
import { ask, FetchError, readWhole } from './bounded-fetch.ts'

/** Bytes; what a source file may have. */
const largest = 20_000_000
const timeoutMilliseconds = 30_000

/** The content of an https address. */
export async function fetchDocument(url: string): Promise<Buffer> {
  const headers = { accept: 'application/json, application/yaml, */*' }
  const answer = await ask(url, { signal: AbortSignal.timeout(timeoutMilliseconds), headers: () => headers })
  if (answer.status !== 200) {
    await answer.body?.cancel()
    throw new FetchError(`${url} answers ${answer.status}`)
  }
  const content = await readWhole(answer, url, largest)
  if (content.length === 0) throw new FetchError(`${url} is empty`)
  return content
}

export function asUsageError(error: unknown): unknown {
  return error instanceof FetchError ? new UsageError(`${error.message}.`, 'Nothing was written; the last lock stands.') : error
}
