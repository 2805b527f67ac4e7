/** One request, and what must become of it. */
import type { ManifestOperation } from '../../contract/manifest.ts'
import { type RefusalKind, refusals } from '../../contract/refusals.ts'
import type { Callers, Carried } from './callers.ts'
import type { Outcome } from './outcome.ts'
import { type SeenRequest, testField } from './stand-ins.ts'
import type { Certified } from './throwaway-certificate.ts'
import type { WayIn } from './ways-in.ts'
import type { Answer } from './wire-client.ts'

/** An operation, and how this run reaches it. */
export type Place = {
  readonly operation: ManifestOperation
  /** An example that leads to it. */
  readonly path: string
  /** What the backend is asked for then. */
  readonly backendPath: string
  readonly secure: boolean
  readonly ways: readonly WayIn[]
  /** Operations whose paths have as many segments: no other can get its requests. */
  readonly neighbours: readonly ManifestOperation[]
  readonly callers: Callers
}

export type WireRequest = {
  readonly method: string
  readonly target: string
  readonly hosts: readonly string[]
  /** Lines, without their ends. */
  readonly fields: readonly string[]
  readonly body: Buffer
  readonly secure: boolean
  readonly certificate: Certified | null
  readonly address: string | null
}

export type Expectation =
  /** The backend with this number gets it, and its answer comes back. */
  | { readonly kind: 'passes'; readonly upstream: number; readonly target: string }
  /** The backend gets nothing. */
  | { readonly kind: 'refused'; readonly as: RefusalKind }

export type TestCase = { readonly test: string; readonly request: WireRequest; readonly expected: Expectation }

export type Planned = TestCase | Extract<Outcome, { kind: 'not-tried' }>

/** The example with what its sender carries; everything else may be said otherwise. */
export function requestFor({ operation, path, secure }: Place, carried: Carried, changes: Partial<WireRequest> = {}): WireRequest {
  const withBody = ['POST', 'PUT', 'PATCH'].includes(operation.method) && operation.upgrade === null && operation.maxBody.bytes > 1
  const body = changes.body ?? Buffer.from(withBody ? '{}' : '')
  return {
    method: operation.method,
    target: carried.query.length === 0 ? path : `${path}?${carried.query.join('&')}`,
    hosts: ['selftest'],
    secure,
    certificate: carried.certificate,
    address: carried.address,
    ...changes,
    body,
    fields: [...upgradeFields(operation), ...carried.fields, ...(changes.fields ?? lengthOf(body))],
  }
}

function lengthOf(body: Buffer): readonly string[] {
  return body.length === 0 ? [] : ['Content-Type: application/json', `Content-Length: ${body.length}`]
}

/** Asked for in the right way, so that nothing but what is tested is wrong. */
function upgradeFields({ upgrade }: ManifestOperation): readonly string[] {
  if (upgrade === null) return []
  const common = ['Connection: Upgrade', `Upgrade: ${upgrade.protocol}`]
  return upgrade.protocol === 'websocket' ? [...common, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: c2VsZnRlc3Qtc2VsZnRlcw=='] : common
}

/** `address`: where the caller is, as the load balancer in front tells it. */
export function bytesOf({ method, target, hosts, fields, body, address }: WireRequest, test: string, otherwise: string): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...hosts.map((host) => `Host: ${host}`),
    `${testField}: ${test}`,
    `X-Forwarded-For: ${address ?? otherwise}`,
    ...fields,
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}

/** Callers without a key type get the production backend, or the only one there is. */
export function passes({ operation: { backends }, backendPath }: Place, sandbox: boolean = backends.production === null): Expectation {
  const backend = sandbox ? backends.sandbox : backends.production
  return backend === null ? { kind: 'refused', as: 'wrong-key-type' } : { kind: 'passes', upstream: backend.index, target: backendPath }
}

/** What became of a case: by the answer and by what backends got. */
export function judged(
  { test, expected, request }: TestCase,
  answer: Answer | string,
  seen: readonly SeenRequest[],
  place: Place | null,
): Outcome {
  const found = typeof answer === 'string' ? answer : wordsFor(answer)
  if (expected.kind === 'passes') {
    if (typeof answer !== 'string' && isBlocked(answer) && (place?.callers.manifest.deny.length ?? 0) > 0)
      return { kind: 'not-tried', test, why: 'the example is on the deny list' }
    const wanted = `passed to backend ${expected.upstream} as ${request.method} ${expected.target || '/'}`
    if (typeof answer === 'string' || (answer.status !== 200 && answer.status !== 101))
      return { kind: 'failed', test, expected: wanted, found }
    const problem = problemWith(seen, expected, request, place)
    return problem === null ? { kind: 'passed', test } : { kind: 'failed', test, expected: wanted, found: problem }
  }
  const { status, code } = refusals[expected.as]
  const wanted = `${status} ${expected.as} (code ${code}), and nothing at a backend`
  if (seen.length > 0) return { kind: 'failed', test, expected: wanted, found: `${found}, and backend ${seen[0]!.upstream} got it` }
  const isRight = typeof answer !== 'string' && answer.status === status && (request.method === 'HEAD' || codeIn(answer) === code)
  return isRight ? { kind: 'passed', test } : { kind: 'failed', test, expected: wanted, found }
}

function problemWith(
  seen: readonly SeenRequest[],
  { upstream, target }: Extract<Expectation, { kind: 'passes' }>,
  { method }: WireRequest,
  place: Place | null,
): string | null {
  const [first] = seen
  if (first === undefined) return 'an answer that no backend gave'
  if (first.upstream !== upstream) return `backend ${first.upstream} got it`
  if (first.method !== method || first.target !== target) return `the backend got ${first.method} ${first.target}`
  return place === null ? null : leakedCredential(first, place.operation)
}

/** What is the gateway's own, and its callers' where the certificate says that it goes on. */
function leakedCredential({ fields }: SeenRequest, { identity, security, keyManager, backends }: ManifestOperation): string | null {
  if (identity.credential || keyManager !== null) return null
  const own = [backends.production, backends.sandbox].some((backend) => backend?.credential?.kind === 'basic')
  const names = [...(own ? [] : ['authorization']), 'proxy-authorization', ...(security.header === null ? [] : [security.header])]
  const keys = security.apiKeyPlaces.flatMap((place) => (place.in === 'header' ? [place.name.toLowerCase()] : []))
  const ownKeys = [backends.production, backends.sandbox].flatMap((backend) =>
    backend?.credential?.kind === 'api-key' ? [backend.credential.name.toLowerCase()] : [],
  )
  const leaked = [...names, ...keys].find(
    (name) => fields[name] !== undefined && !ownKeys.includes(name) && !(own && name === 'authorization'),
  )
  return leaked === undefined ? null : `the backend got the caller’s ${leaked}`
}

function wordsFor(answer: Answer): string {
  const code = codeIn(answer)
  const kind =
    code === null
      ? null
      : (Object.entries(refusals).find(([, refusal]) => refusal.status === answer.status && refusal.code === code)?.[0] ?? null)
  if (kind !== null) return `${answer.status} ${kind} (code ${code})`
  return answer.status === 200 || answer.status <= 101 ? `${answer.status}: it was let through` : String(answer.status)
}

/** In either form of refusals. */
function codeIn({ body }: Answer): number | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return null
    const holder: unknown = 'fault' in value ? value.fault : value
    return typeof holder === 'object' && holder !== null && 'code' in holder && typeof holder.code === 'number' ? holder.code : null
  } catch {
    return null
  }
}

function isBlocked(answer: Answer): boolean {
  return answer.status === refusals['caller-blocked'].status && codeIn(answer) === refusals['caller-blocked'].code
}
