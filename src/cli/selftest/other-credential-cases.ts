/** API keys, passwords and client certificates with one thing wrong. */
import { type Carried, joined } from './callers.ts'
import { besides, judgedByCertificate, refused } from './case-makers.ts'
import { type ExtraKey, extraKeys } from './identities.ts'
import type { Place, Planned } from './test-case.ts'
import type { CredentialKind } from './ways-in.ts'

function takes({ ways }: Place, kind: CredentialKind): boolean {
  return ways.some(({ needs }) => needs.has(kind))
}

export function badKeys(place: Place): readonly Planned[] {
  const { operation, callers } = place
  const beside = besides(place)
  if (!takes(place, 'apiKey') || 'why' in beside) return []
  const { manifest, identities } = callers
  const withKey = (text: string, scopes: readonly string[] = []): Carried => joined(beside, callers.withKey(operation, text, scopes))
  const extra = (name: ExtraKey): Carried => withKey(identities.extraKeys.get(name) ?? '')
  const planned: Planned[] = [refused(place, 'unknown API key', withKey('selftest-unknown-selftest-unknown'), 'credential-invalid')]
  if (manifest.apiKeys.length > 0) {
    planned.push(refused(place, 'expired API key', extra(extraKeys[1]), 'credential-expired'))
    if (manifest.revocation !== null) planned.push(refused(place, 'revoked API key', extra(extraKeys[2]), 'credential-invalid'))
    if (operation.subscription?.apiKeysAndUsers !== true)
      planned.push(judgedByCertificate(place, 'API key without scopes', extra(extraKeys[0])))
  }
  for (const [index, key] of manifest.apiKeys.entries()) {
    const own = withKey(identities.apiKeys[index]!)
    const test = `API key ${key.id}`
    if (identities.revokedKeys.has(key.id)) planned.push(refused(place, `${test}, which is revoked`, own, 'credential-invalid'))
    else if (key.expires !== null && Date.parse(key.expires) <= Date.now())
      planned.push(refused(place, `${test}, which has expired`, own, 'credential-expired'))
    else if (key.apis !== null && !key.apis.includes(operation.api))
      planned.push(refused(place, `${test}, which is for other APIs`, own, 'credential-not-allowed'))
    else if (key.addresses.length > 0)
      planned.push(refused(place, `${test}, from another address`, { ...own, address: '203.0.113.77' }, 'credential-not-allowed'))
    else if (key.origins.length > 0) planned.push(refused(place, `${test}, from no page of its own`, own, 'credential-not-allowed'))
  }
  return [...planned, ...badSignedKeys(place, withKey)]
}

function badSignedKeys(place: Place, withKey: (text: string) => Carried): readonly Planned[] {
  const { operation, callers } = place
  const [issuer] = callers.manifest.apiKeyIssuers
  if (issuer === undefined) return []
  const { seconds } = callers.tokens
  const expired = { iat: seconds - issuer.clockSkewSeconds - 600, exp: seconds - issuer.clockSkewSeconds - 60 }
  const wrongs = [
    ['forged', { forged: true }, 'credential-invalid'],
    ['expired', { claims: expired }, 'credential-expired'],
    ['not valid yet', { claims: { nbf: seconds + issuer.clockSkewSeconds + 600 } }, 'credential-invalid'],
    ...(issuer.validateAllowedAPIs ? [['for other APIs', { claims: { subscribedAPIs: [] } }, 'credential-not-allowed'] as const] : []),
    ...(callers.manifest.revocation === null
      ? []
      : [['revoked', { claims: { jti: callers.identities.revokedId } }, 'credential-invalid'] as const]),
  ] as const
  return wrongs.flatMap(([test, changes, as]) => {
    const text = callers.tokens.signedKey(operation, [], changes)
    return text === null ? [] : [refused(place, `signed API key, ${test}`, withKey(text), as)]
  })
}

export function badPasswords(place: Place): readonly Planned[] {
  const { operation, callers } = place
  const beside = besides(place)
  if (!takes(place, 'basic') || 'why' in beside) return []
  const { identities, manifest } = callers
  const [user] = manifest.users
  const withPassword = (name: string, password: string): Carried => joined(beside, callers.withPassword(name, password, []))
  return [
    ...(user === undefined ? [] : [refused(place, 'wrong password', withPassword(user.name, 'selftest-wrong'), 'credential-invalid')]),
    refused(place, 'unknown user', withPassword('selftest-nobody', 'selftest-wrong'), 'credential-invalid'),
    ...(user === undefined || operation.subscription?.apiKeysAndUsers === true
      ? []
      : [judgedByCertificate(place, 'user without scopes', withPassword(identities.poorUser.name, identities.poorUser.password))]),
  ]
}

export async function badCertificates(place: Place): Promise<readonly Planned[]> {
  const { operation, callers } = place
  const { certificates } = callers.identities
  if (operation.clientCertificate.asked === 'unused' || certificates === null) return []
  const planned: Planned[] = [
    refused(place, 'certificate of an unknown authority', callers.withCertificate(certificates.untrusted), 'certificate-invalid'),
  ]
  if (certificates.expired !== null)
    planned.push(refused(place, 'expired certificate', callers.withCertificate(certificates.expired), 'certificate-invalid'))
  const { holders } = operation.clientCertificate
  if (holders === null) return planned
  if (certificates.ofNobody !== null)
    planned.push(
      refused(place, 'certificate of nobody who is named', callers.withCertificate(certificates.ofNobody), 'credential-not-allowed'),
    )
  for (const [index, { id, subject, thumbprint, san }] of (callers.manifest.clientCertificates?.holders ?? []).entries()) {
    const certified = certificates.ofHolders[index] ?? null
    // One that only its authority tells apart may be another holder's as well.
    if (holders.includes(id) || certified === null || (subject ?? thumbprint ?? san) === null) continue
    planned.push(
      refused(place, `certificate of ${id}, who is not named here`, callers.withCertificate(certified), 'credential-not-allowed'),
    )
  }
  return planned
}
