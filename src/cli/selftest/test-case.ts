/** One request, and what must become of it. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import { type RefusalKind, refusals } from '../../contract/refusals.ts'
import type { Callers, Carried } from './callers.ts'
import type { Outcome } from './outcome.ts'
import { ownCredential } from './replaced-plan.ts'
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

/** `null`: it is not there. The name is in lower case. */
export type AnswerField = { readonly name: string; readonly value: string | null }

export type Expectation =
  /** The backend with this number gets it, and its answer comes back. */
  | { readonly kind: 'passes'; readonly upstream: number; readonly target: string; readonly field?: AnswerField }
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
  if (backend === null) return { kind: 'refused', as: 'wrong-key-type' }
  const { credential } = backend
  const query = credential?.kind === 'api-key' && credential.in === 'query' ? `?${credential.name}=${ownCredential}` : ''
  return { kind: 'passes', upstream: backend.index, target: `${backendPath}${query}` }
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
    const wanted = `passed to backend ${expected.upstream} as ${request.method} ${expected.target || '/'}${wordsForField(expected.field)}`
    if (typeof answer === 'string' || (answer.status !== 200 && answer.status !== 101))
      return { kind: 'failed', test, expected: wanted, found }
    const problem = problemWith(seen, expected, request, place) ?? wrongField(answer, expected.field)
    return problem === null ? { kind: 'passed', test } : { kind: 'failed', test, expected: wanted, found: problem }
  }
  const { status, code } = refusals[expected.as]
  const wanted = `${status} ${expected.as} (code ${code}), and nothing at a backend`
  if (seen.length > 0) return { kind: 'failed', test, expected: wanted, found: `${found}, and backend ${seen[0]!.upstream} got it` }
  const isRight = typeof answer !== 'string' && answer.status === status && (request.method === 'HEAD' || codeIn(answer) === code)
  return isRight ? { kind: 'passed', test } : { kind: 'failed', test, expected: wanted, found }
}

function wordsForField(field: AnswerField | undefined): string {
  if (field === undefined) return ''
  return field.value === null ? `, without ${field.name}` : `, with ${field.name}: ${field.value}`
}

function wrongField({ fields }: Answer, expected: AnswerField | undefined): string | null {
  if (expected === undefined) return null
  const line = fields.split('\r\n').find((each) => each.toLowerCase().startsWith(`${expected.name}:`))
  const value = line?.slice(expected.name.length + 1).trim() ?? null
  return value === expected.value ? null : `${expected.name} is ${value === null ? 'not there' : JSON.stringify(value)}`
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
  return place === null ? null : wrongCredential(first, upstream, place.operation)
}

/** The gateway makes itself known as the certificate says; the caller's credential goes on only where it says so. */
function wrongCredential(
  { fields }: SeenRequest,
  upstream: number,
  { identity, security, keyManager, backends }: ManifestOperation,
): string | null {
  const own = [backends.production, backends.sandbox].find((backend) => backend?.index === upstream)?.credential ?? null
  const wanted = new Map<string, string>()
  if (own?.kind === 'basic') wanted.set('authorization', `Basic ${Buffer.from(`selftest:${ownCredential}`).toString('base64')}`)
  if (own?.kind === 'api-key' && own.in === 'header') wanted.set(own.name.toLowerCase(), ownCredential)
  for (const [name, value] of wanted) if (fields[name] !== value) return `the backend did not get the gateway’s own ${name}`
  if (identity.credential || keyManager !== null) return null
  const keys = security.apiKeyPlaces.flatMap((place) => (place.in === 'header' ? [place.name.toLowerCase()] : []))
  const names = ['authorization', 'proxy-authorization', ...(security.header === null ? [] : [security.header]), ...keys]
  const leaked = names.find((name) => fields[name] !== undefined && !wanted.has(name))
  return leaked === undefined ? null : `the backend got the caller’s ${leaked}`
}

function wordsFor(answer: Answer): string {
  const code = codeIn(answer)
  // Some refusals look the same from outside.
  const kinds = Object.entries(refusals).flatMap(([kind, refusal]) =>
    refusal.status === answer.status && refusal.code === code ? [kind] : [],
  )
  if (kinds.length > 0) return `${answer.status} ${kinds.join(' or ')} (code ${code})`
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
