/** What an extension sees of a request: a copy, so that it may be kept, and nothing of a credential. */
import type { ExtensionRequest } from '../../contract/extension.ts'
import type { ApiPlan } from '../../contract/plan.ts'
import type { Exchange } from '../exchange.ts'

/** `api`: the operation's. */
export function requestView({ head, path, operation, address }: Exchange, api: Readonly<ApiPlan>): ExtensionRequest {
  // Credentials have been taken out of these lines. The exchange itself is used again for the next request.
  const lines = head.forwarded
  const { template, id } = operation!.plan
  const { method } = head
  return Object.freeze({ method, path, template, operation: id, api, address, header: (name: string) => valueIn(lines, name) })
}

/** RFC 9110 §5.3. Cookies may hold an API key that has not been taken out yet, and sessions of the backend. */
function valueIn(lines: string, name: string): string | null {
  if (String(name).toLowerCase() === 'cookie') return null
  const start = `${String(name).toLowerCase()}:`
  const values = lines
    .split('\r\n')
    .filter((line) => line.slice(0, start.length).toLowerCase() === start)
    .map((line) => line.slice(start.length).trim())
  return values.length === 0 ? null : values.join(', ')
}
