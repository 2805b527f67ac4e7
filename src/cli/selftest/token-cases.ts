/** Tokens with one thing wrong, for an operation that takes tokens. */
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { RefusalKind } from '../../contract/refusals.ts'
import { type Carried, joined, type TokenChanges } from './callers.ts'
import { besides, judgedByCertificate, passing, refused } from './case-makers.ts'
import type { Place, Planned } from './test-case.ts'
import { requestFor } from './test-case.ts'
import type { TokenForm } from './tokens.ts'

type BadToken = { readonly test: string; readonly changes: TokenChanges; readonly as: RefusalKind }

const invalid = 'credential-invalid'

export async function badTokens(place: Place): Promise<readonly Planned[]> {
  const { operation, ways, callers } = place
  const accepted = [...new Set(ways.flatMap(({ needs, issuers }) => (needs.has('token') ? issuers : [])))]
  if (accepted.length === 0) return []
  if (operation.extensions.includes('validateToken'))
    return [{ kind: 'not-tried', test: 'bad tokens', why: 'the project’s own step decides: validateToken' }]
  const beside = besides(place)
  if ('why' in beside) return [{ kind: 'not-tried', test: 'bad tokens', why: beside.why }]
  const planned: Planned[] = []
  for (const [index, issuer] of callers.manifest.issuers.entries()) {
    const name = callers.manifest.issuers.length === 1 ? '' : ` of ${issuer.issuer}`
    if (!accepted.includes(issuer.issuer)) {
      const [form] = callers.tokens.formsOf(index)
      if (form === undefined) planned.push({ kind: 'not-tried', test: `token${name}`, why: 'every key of the issuer is revoked' })
      else if (form !== 'signed')
        planned.push({ kind: 'not-tried', test: `token${name}`, why: 'only the key manager of one issuer is asked about an opaque token' })
      else planned.push(refused(place, `token${name}, who is not accepted here`, joined(beside, await tokenOf(place, index, {})), invalid))
      continue
    }
    const scopes = ways.find(({ issuers }) => issuers.includes(issuer.issuer))?.needs.get('token') ?? []
    for (const form of callers.tokens.formsOf(index)) {
      const which = `${name}${form === 'opaque' ? ' (opaque)' : ''}`
      for (const { test, changes, as } of wrongs(place, issuer, form)) {
        const carried = await tokenOf(place, index, { scopes, form, ...changes })
        planned.push(refused(place, `token${which}, ${test}`, joined(beside, carried), as))
      }
      planned.push(...(await bindings(place, index, { scopes, form }, which)))
    }
  }
  return [
    ...planned,
    ...(await misplaced(
      place,
      callers.manifest.issuers.findIndex(({ issuer }) => accepted.includes(issuer)),
      beside,
    )),
  ]
}

function tokenOf(place: Place, issuer: number, changes: TokenChanges): Promise<Carried> {
  const certificate = place.callers.identities.certificates?.ofNobody ?? null
  return place.callers.withToken(place, issuer, changes, certificate)
}

function wrongs({ callers, operation }: Place, issuer: ManifestIssuer, form: TokenForm): readonly BadToken[] {
  const now = callers.tokens.seconds
  const skew = issuer.clockSkewSeconds
  const wrong = (test: string, changes: TokenChanges, as: RefusalKind = invalid): BadToken => ({ test, changes, as })
  const claimed = [
    wrong('expired', { claims: { iat: now - skew - 600, exp: now - skew - 60 } }, 'credential-expired'),
    wrong('not valid yet', { claims: { nbf: now + skew + 600 } }),
    ...(issuer.audiences === 'any'
      ? []
      : [
          wrong('for another audience', { claims: { aud: 'selftest-elsewhere' } }),
          wrong('without an audience', { claims: { aud: undefined } }),
        ]),
    ...(callers.manifest.revocation === null || operation.onStale === undefined
      ? []
      : [wrong('revoked', { claims: { jti: callers.identities.revokedId } })]),
    ...(issuer.senderConstrained.required ? [wrong('bound to nobody', { claims: { cnf: undefined }, withoutProof: true })] : []),
  ]
  if (form === 'opaque') return [wrong('unknown to the key manager', { unknown: true }), ...claimed]
  const keys = [...issuer.keys]
  const rsa = keys.find(({ algorithms }) => algorithms.some((algorithm) => /^[RP]S/.test(algorithm)))
  const unused = (['RS512', 'PS256', 'RS256'] as const).find((algorithm) => !keys.some(({ algorithms }) => algorithms.includes(algorithm)))
  return [
    wrong('forged', { forged: true }),
    wrong('unsigned', { algorithm: 'none' }),
    wrong('signed with the public key as a secret', { algorithm: 'HS256' }),
    ...(rsa !== undefined && keys[0] === rsa && unused !== undefined ? [wrong(`signed with ${unused}`, { algorithm: unused })] : []),
    ...(keys.length > 0 && keys.every(({ kid }) => kid !== null)
      ? [wrong('of an unknown key', { header: { kid: 'selftest-unknown' } })]
      : []),
    wrong('of an unknown issuer', { claims: { iss: 'https://selftest.invalid' } }),
    wrong('without an end', { claims: { exp: undefined } }),
    wrong('an ID token', issuer.profile === 'at+jwt' ? { header: { typ: 'JWT' } } : { claims: { token_use: 'id' } }),
    wrong('an API key', { claims: { token_type: 'apiKey' } }),
    ...claimed,
  ]
}

/** Bound tokens are good with what they are bound to, and bad without. */
async function bindings(place: Place, issuer: number, changes: TokenChanges, which: string): Promise<readonly Planned[]> {
  const { operation, callers } = place
  const { dpop, certificate: byCertificate } = callers.manifest.issuers[issuer]!.senderConstrained
  const beside = besides(place)
  if ('why' in beside) return []
  const bound = { ...changes, bound: true }
  if (dpop && operation.security.dpop) {
    const good = await tokenOf(place, issuer, bound)
    const other = await tokenOf(place, issuer, bound)
    const text = other.token ?? ''
    const foreign = callers.tokens.proof(text, operation.method, callers.urlOf(place), callers.identities.otherSenderKey)
    const elsewhere = callers.tokens.proof(text, operation.method, `${callers.urlOf(place)}/elsewhere`)
    const header = operation.security.header ?? 'authorization'
    const withProof = (proof: string): Carried => ({ ...other, fields: [`${header}: DPoP ${text}`, `DPoP: ${proof}`] })
    const first = judgedByCertificate(place, `token${which}, bound to a key, with its proof`, joined(beside, good))
    const again = `token${which}, bound to a key, the proof used again`
    return [
      first,
      // What has not been sent is not used up.
      'kind' in first ? { ...first, test: again } : refused(place, again, joined(beside, good), invalid),
      refused(
        place,
        `token${which}, bound to a key, without a proof`,
        joined(beside, await tokenOf(place, issuer, { ...bound, withoutProof: true })),
        invalid,
      ),
      refused(place, `token${which}, bound to a key, with the proof of another`, joined(beside, withProof(foreign)), invalid),
      refused(place, `token${which}, bound to a key, with the proof of another request`, joined(beside, withProof(elsewhere)), invalid),
    ]
  }
  if (!byCertificate) {
    const carried = await tokenOf(place, issuer, { ...changes, claims: { cnf: { jkt: 'selftest-selftest-selftest-selftest-selftest' } } })
    return [refused(place, `token${which}, bound in a way that is not checked`, joined(beside, carried), invalid)]
  }
  if (operation.clientCertificate.asked === 'unused')
    return [{ kind: 'not-tried', test: `token${which}, bound to a certificate`, why: 'the operation looks at no client certificate' }]
  const certificate = callers.certificateFor(operation)
  if ('why' in certificate) return [{ kind: 'not-tried', test: `token${which}, bound to a certificate`, why: certificate.why }]
  const carried = await callers.withToken(place, issuer, bound, certificate)
  const { certificates } = callers.identities
  const other =
    [certificates?.ofNobody, ...(certificates?.ofHolders ?? [])].find(
      (each) => each !== null && each !== undefined && each !== certificate,
    ) ?? null
  return [
    passing(place, `token${which}, bound to a certificate, with it`, joined(carried, callers.withCertificate(certificate))),
    ...(other === null || operation.clientCertificate.holders !== null
      ? []
      : [refused(place, `token${which}, bound to another certificate`, joined(carried, callers.withCertificate(other)), invalid)]),
    ...(operation.clientCertificate.asked === 'optional'
      ? [refused(place, `token${which}, bound to a certificate, without it`, carried, invalid)]
      : []),
  ]
}

/** A good token where nobody may look for it, and two at once. */
async function misplaced(place: Place, issuer: number, beside: Carried): Promise<readonly Planned[]> {
  const carried = await tokenOf(place, issuer, {})
  if (carried.token === null) return []
  const inQuery: Carried = { ...beside, query: [`access_token=${carried.token}`], token: null }
  const planned: Planned[] = []
  // Where callers need not show anything, this is one who shows nothing.
  if (!place.operation.security.anonymous && !place.operation.security.certificateSuffices)
    planned.push(refused(place, 'token in the query', inQuery, 'credential-missing'))
  const [line = ''] = carried.fields
  return [
    ...planned,
    {
      test: 'two tokens at once',
      request: requestFor(place, { ...joined(beside, carried), fields: [...beside.fields, line, line] }),
      expected: { kind: 'refused', as: 'duplicate-credential' },
    },
  ]
}
