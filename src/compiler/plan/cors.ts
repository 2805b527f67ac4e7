/** Decides what an operation's answers say to pages of other origins. */
import type { CorsPlan } from '../../contract/plan/cors.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Cors } from '../model/types/operation.ts'

/** What the gateway itself adds to answers, and pages may need to know. */
const ownFields = ['X-Request-Id', 'Retry-After'] as const

export function planCors(cors: Cors, { method, security, limited }: Pick<OperationPlan, 'method' | 'security' | 'limited'>): CorsPlan {
  const { origins, methods, headers, credentials, maxAge } = cors
  const expose = exposed(cors, security.kind === 'token' || security.kind === 'credentials', limited)
  // A method that is not listed is nobody's, also for requests that a browser sends without asking.
  if (methods !== 'any' && !methods.includes(method)) return { origins: [], headers: [], expose: [], credentials: false, maxAge: null }
  return { origins, headers, expose, credentials, maxAge }
}

function exposed({ expose }: Cors, challenged: boolean, limited: boolean): readonly string[] {
  if (expose.includes('*')) return ['*']
  const own = [...ownFields, ...(challenged ? ['WWW-Authenticate'] : []), ...(limited ? ['RateLimit', 'RateLimit-Policy'] : [])]
  const folded = new Set(own.map((name) => name.toLowerCase()))
  return [...own, ...expose.filter((name) => !folded.has(name.toLowerCase()))]
}
