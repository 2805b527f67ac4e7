/** How a Traffic Manager is told and asked over HTTP. */
import type { TrafficManagerPlan } from '../../contract/plan/traffic-manager.ts'
import { basicAuthorization } from '../calls/basic-authorization.ts'
import type { Service } from '../calls/open-service.ts'
import { ServiceError } from '../calls/service-error.ts'
import { settle } from '../settings.ts'

/** Milliseconds for an answer, and bytes of one. */
const patience = 10_000
const largestList = 16 * 1024 * 1024

type Fields = Readonly<Record<string, string>>

/** What a request shows of who the gateway is. */
export function authorization({ login }: TrafficManagerPlan, values: ReadonlyMap<string, string>): Fields {
  if (login === null) return {}
  return { Authorization: basicAuthorization(settle(login.username, values), settle(login.password, values)) }
}

/** What an answer says of the request itself. Any other says how the server is set up, who may ask it, or how it is. */
const aboutContent: ReadonlySet<number> = new Set([400, 413, 422])

/** Rejects where they are not taken. */
export async function postEvents({ url, client }: Service, headers: Fields, body: string): Promise<void> {
  const { status } = await client.call({
    method: 'POST',
    url: below(url, 'throttleEventReceiver'),
    headers: { ...headers, 'Content-Type': 'application/json' },
    body,
    timeout: patience,
    maxAnswer: 64 * 1024,
  })
  if (status < 200 || status > 299) throw new StatusError(status)
}

/** The JSON that stands there. */
export async function getList({ url, client }: Service, headers: Fields, name: 'keyTemplates' | 'block'): Promise<unknown> {
  const call = { method: 'GET', url: below(url, name), headers, body: null, timeout: patience, maxAnswer: largestList } as const
  const { status, body } = await client.call(call)
  if (status !== 200) throw new StatusError(status)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new ServiceError('protocol')
  }
}

class StatusError extends Error {
  readonly status: number

  constructor(status: number) {
    super(`status ${status}`)
    this.status = status
  }
}

/** Whether it was refused for what was in it, and would be again. */
export function isRefusal(error: unknown): boolean {
  return error instanceof StatusError && aboutContent.has(error.status)
}

/** A few words, without anything that it said. */
export function problemOf(error: unknown): string {
  if (error instanceof StatusError) return error.message
  return error instanceof ServiceError ? error.reason : 'bug'
}

function below(url: URL, name: string): URL {
  const target = new URL(url)
  target.pathname = `${target.pathname.replace(/\/$/, '')}/${name}`
  return target
}
