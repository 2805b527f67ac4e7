/** Requests that are wrong whatever credential comes with them: method, target, framing, size, transport. */

import type { RefusalKind } from '../../contract/refusals.ts'
import { type Carried, emptyHanded, type NotHad } from './callers.ts'
import { passing } from './case-makers.ts'
import { unknownMethod } from './example-request.ts'
import { scaledBody } from './scaled-body.ts'
import { type Place, type Planned, passes, requestFor, type WireRequest } from './test-case.ts'

/** Where TLS is: `null` where the gateway has none of the two. */
export type Transports = { readonly http: boolean; readonly https: boolean }

/** A path that leads nowhere. */
export function unknownPath(): Planned {
  const request = {
    method: 'GET',
    target: '/selftest'.repeat(40),
    hosts: ['selftest'],
    fields: [],
    body: Buffer.alloc(0),
    secure: false,
    certificate: null,
    address: null,
  }
  return { test: 'a path that leads nowhere', request, expected: { kind: 'refused', as: 'no-route' } }
}

export async function requestCases(place: Place, transports: Transports): Promise<readonly Planned[]> {
  const { path, neighbours } = place
  const wrong = (test: string, as: RefusalKind, changes: Partial<WireRequest>): Planned => ({
    test,
    request: requestFor(place, emptyHanded, changes),
    expected: { kind: 'refused', as },
  })
  const body = Buffer.from('{}')
  const method = unknownMethod(path, neighbours)
  return [
    ...(method === null
      ? [{ kind: 'not-tried', test: 'another method', why: 'the path has every method' } as const]
      : [wrong('another method', 'no-method', { method, fields: [], body: Buffer.alloc(0) })]),
    wrong('encoded traversal', 'bad-target', { target: `${path}/%2e%2e/selftest` }),
    wrong('traversal behind an encoded slash', 'bad-target', { target: `${path}/..%2fselftest` }),
    wrong('encoded NUL', 'bad-target', { target: `${path}%00` }),
    wrong('two lengths', 'bad-framing', { fields: ['Content-Length: 2', 'Content-Length: 2'], body }),
    wrong('a length beside chunks', 'bad-framing', { fields: ['Content-Length: 2', 'Transfer-Encoding: chunked'], body }),
    wrong('no host', 'bad-host', { hosts: [] }),
    wrong('two hosts', 'bad-host', { hosts: ['selftest', 'selftest'] }),
    ...transport(place, transports),
    ...(await sizes(place)),
  ]
}

function transport(place: Place, transports: Transports): readonly Planned[] {
  const { kind } = place.operation.transport
  if (kind === 'any') return []
  const secure = kind === 'http'
  const test = `over ${secure ? 'https' : 'http'}`
  if (secure ? !transports.https : !transports.http) return [{ kind: 'not-tried', test, why: 'the gateway does not listen there' }]
  return [{ test, request: requestFor(place, emptyHanded, { secure }), expected: { kind: 'refused', as: 'wrong-transport' } }]
}

/** A body that is too large by what it declares, and by what comes. */
async function sizes(place: Place): Promise<readonly Planned[]> {
  const certified = place.operation.maxBody.bytes
  if (certified >= Number.MAX_SAFE_INTEGER) return []
  const bytes = scaledBody(certified)
  const size = bytes === certified ? '' : ` (${certified} bytes, of which ${bytes} stand here)`
  // Whoever lets it pass says so at once, and waits for the rest.
  const declared = requestFor(place, emptyHanded, {
    fields: [`Content-Length: ${bytes + 1}`, 'Expect: 100-continue'],
    body: Buffer.alloc(0),
  })
  const planned: Planned[] = [
    { test: `a declared body of a byte too many${size}`, request: declared, expected: { kind: 'refused', as: 'body-too-large' } },
  ]
  if (place.operation.upgrade !== null) return planned
  const test = 'a body of a byte too many, undeclared'
  const [carried, another] = [await goodFor(place), await goodFor(place)]
  if ('why' in carried) return [...planned, { kind: 'not-tried', test, why: carried.why }]
  if ('why' in another) return [...planned, { kind: 'not-tried', test, why: another.why }]
  const full = Buffer.alloc(bytes, 'x')
  const fields = bytes === 0 ? [] : [`Content-Length: ${bytes}`]
  const whole = passing(place, 'the largest body', carried)
  if ('kind' in whole) return [...planned, whole, { ...whole, test }]
  const chunked = Buffer.concat([Buffer.from(`${(bytes + 1).toString(16)}\r\n`), full, Buffer.from('x\r\n0\r\n\r\n')])
  return [
    ...planned,
    { ...whole, request: requestFor(place, carried, { fields, body: full }), expected: passes(place) },
    {
      test,
      request: requestFor(place, another, { fields: ['Transfer-Encoding: chunked'], body: chunked }),
      expected: { kind: 'refused', as: 'body-too-large' },
    },
  ]
}

/** For the first way in. */
async function goodFor(place: Place): Promise<Carried | NotHad> {
  const [way] = place.ways
  if (way === undefined) return emptyHanded
  const issuer = way.needs.has('token') ? place.callers.manifest.issuers.findIndex((each) => each.issuer === way.issuers[0]) : null
  return place.callers.carry(place, way, issuer)
}
