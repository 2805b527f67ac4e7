/** Cases out of what a request carries, with what the certificate says must become of them. */
import type { RefusalKind } from '../../contract/refusals.ts'
import { type Carried, emptyHanded, joined, type NotHad } from './callers.ts'
import { type Place, type Planned, passes, requestFor } from './test-case.ts'
import { hasEveryKind, isEnough } from './ways-in.ts'

/** Steps of the project's own may say no to what is good by all that the certificate says. */
export function ownStepOf({ operation: { extensions } }: Place): Extract<Planned, { kind: 'not-tried' }>['why'] | null {
  const own = extensions.filter((step) => step !== 'generateConsumerToken')
  return own.length === 0 ? null : `the project’s own step decides: ${own.join(', ')}`
}

/** With good credentials. */
export function passing(place: Place, test: string, carried: Carried): Planned {
  const why = ownStepOf(place)
  return why === null ? { test, request: requestFor(place, carried), expected: passes(place) } : { kind: 'not-tried', test, why }
}

/** What good credentials alone are worth here. */
export function judgedByCertificate(place: Place, test: string, carried: Carried): Planned {
  const { operation, ways } = place
  const why = ownStepOf(place)
  if (why !== null && (carried.token !== null || isEnough(carried.shown, ways))) return { kind: 'not-tried', test, why }
  if (isEnough(carried.shown, ways)) return { test, request: requestFor(place, carried), expected: passes(place) }
  const { has } = carried.shown
  // With a token, a certificate beside it would do.
  const together = ways.filter(({ needs }) => needs.has('token') && needs.has('certificate'))
  const withOne = { ...carried.shown, has: new Map([...has, ['certificate', new Set<string>()] as const]) }
  const lacksCertificate =
    !has.has('certificate') &&
    (operation.clientCertificate.asked === 'required' || (operation.security.kind === 'token' && isEnough(withOne, together)))
  const as: RefusalKind = lacksCertificate
    ? 'certificate-missing'
    : hasEveryKind(carried.shown, ways)
      ? 'scope-missing'
      : 'credential-missing'
  return { test, request: requestFor(place, carried), expected: { kind: 'refused', as } }
}

/** A bad credential is refused whatever comes with it. */
export function refused(place: Place, test: string, carried: Carried, as: RefusalKind): Planned {
  return { test, request: requestFor(place, carried), expected: { kind: 'refused', as } }
}

/** What an operation asks for in any case, so that nothing is wrong but what is tested. */
export function besides(place: Place): Carried | NotHad {
  if (place.operation.clientCertificate.asked !== 'required') return emptyHanded
  const certificate = place.callers.certificateFor(place.operation)
  return 'why' in certificate ? certificate : joined(emptyHanded, place.callers.withCertificate(certificate))
}
