/** Everything that callers of the gateway under test can show: made for one run, known to nobody else, and gone with it. */
import { createHash, randomBytes, scryptSync } from 'node:crypto'
import type { Manifest } from '../../contract/manifest.ts'
import type { JwtAlgorithm, KeyPlan } from '../../contract/plan/keys.ts'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { PasswordPlan } from '../../contract/plan/user.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type CertificateSet, certificateSet } from './client-certificates.ts'
import { makeKey, type Signer, standInFor, type ThrowawayKey } from './throwaway-key.ts'

/** An issuer of tokens or of signed API keys, as far as this run can play it. */
export type IssuerIdentity = {
  /** In the plan's order: the keys with their ids. Empty where a key manager is asked instead. */
  readonly keys: readonly KeyPlan[]
  /** Those whose keys the project's own snapshot does not revoke. */
  readonly signers: readonly Signer[]
  /** Of the same kind as the first, and nobody's. */
  readonly stranger: ThrowawayKey
}

export type Identities = {
  readonly issuers: readonly IssuerIdentity[]
  readonly apiKeyIssuers: readonly IssuerIdentity[]
  /** Texts of keys and passwords, in the plan's order. */
  readonly apiKeys: readonly string[]
  /** Ids of those that the project's own snapshot revokes. */
  readonly revokedKeys: ReadonlySet<string>
  readonly passwords: readonly string[]
  /** Keys and users that no project has, each bad or poor in one way. */
  readonly extraKeys: ReadonlyMap<ExtraKey, string>
  readonly poorUser: { readonly name: string; readonly password: string }
  readonly certificates: CertificateSet | null
  /** What is revoked in this run. */
  readonly revoked: readonly RevokedPlan[]
  readonly revokedId: string
  /** To which senders' tokens can be bound. */
  readonly senderKey: ThrowawayKey
  readonly otherSenderKey: ThrowawayKey
  /** PEM: with which the gateway signs what it tells backends of callers. */
  readonly backendTokenKey: string
}

/** An API key without a scope, one that has expired, one that is revoked. */
export const extraKeys = ['selftest-without-scopes', 'selftest-expired', 'selftest-revoked'] as const
export type ExtraKey = (typeof extraKeys)[number]

export async function makeIdentities(plan: GatewayPlan, manifest: Manifest): Promise<Identities> {
  const revokedId = `selftest-revoked-${randomBytes(6).toString('hex')}`
  const [issuers, apiKeyIssuers, senderKey, otherSenderKey, backendTokenKey] = await Promise.all([
    Promise.all(
      plan.issuers.map(({ issuer, keys, fetchedKeys }, index) => makeIssuer(issuer, keys, fetchedKeys?.algorithms ?? null, index, plan)),
    ),
    Promise.all(plan.apiKeyIssuers.map(({ issuer, keys }, index) => makeIssuer(issuer, keys, null, index, plan))),
    makeKey('ES256'),
    makeKey('ES256'),
    makeKey(plan.backendToken?.algorithm ?? 'ES256'),
  ])
  return {
    issuers,
    apiKeyIssuers,
    apiKeys: plan.apiKeys.map(() => secretText()),
    revokedKeys: revokedKeys(plan),
    passwords: plan.users.map(() => secretText()),
    extraKeys: new Map(extraKeys.map((name) => [name, secretText()])),
    poorUser: { name: `selftest-${randomBytes(6).toString('hex')}`, password: secretText() },
    certificates: plan.clientCertificates === null ? null : certificateSet(plan.clientCertificates, manifest),
    revoked: [
      ...[...new Set([...manifest.issuers, ...manifest.apiKeyIssuers].map(({ issuer }) => issuer))].map((issuer) =>
        revocation('token', revokedId, issuer),
      ),
      revocation('api-key', 'selftest-revoked', null),
    ],
    revokedId,
    senderKey,
    otherSenderKey,
    backendTokenKey: backendTokenKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function revocation(kind: 'token' | 'api-key', name: string, issuer: string | null): RevokedPlan {
  return { kind, name, issuer, before: null, expires: null }
}

async function makeIssuer(
  issuer: string,
  keys: readonly KeyPlan[],
  fetched: readonly JwtAlgorithm[] | null,
  index: number,
  { revocation }: GatewayPlan,
): Promise<IssuerIdentity> {
  const own = fetched === null ? keys : [{ kid: `selftest-${index}`, algorithms: fetched.slice(0, 1), jwk: {}, notAfter: null }]
  const standIns = await Promise.all(own.map(standInFor))
  const all = standIns.flatMap(({ signers }) => signers)
  const isRevoked = ({ kid }: Signer): boolean =>
    revocation?.snapshot.some((entry) => entry.kind === 'key' && entry.name === kid && (entry.issuer ?? issuer) === issuer) === true
  return {
    keys: standIns.map(({ plan }) => plan),
    signers: all.filter((signer) => !isRevoked(signer)),
    stranger: await makeKey(all[0]?.algorithm ?? 'ES256'),
  }
}

/** Ids of API keys that the project's own snapshot revokes. */
function revokedKeys({ revocation }: GatewayPlan): ReadonlySet<string> {
  return new Set((revocation?.snapshot ?? []).flatMap(({ kind, name }) => (kind === 'api-key' ? [name] : [])))
}

/** As hard to guess as a key is. */
function secretText(): string {
  return randomBytes(24).toString('base64url')
}

/** The same kind of digest with the same costs, of another text. */
export function digestAs<Digest extends PasswordPlan>(digest: Digest, text: string): Digest {
  if (digest.kind !== 'scrypt') return { ...digest, hash: createHash(digest.kind).update(text).digest('hex') }
  const salt = randomBytes(16)
  const { cost, blockSize, parallelization } = digest
  const length = Buffer.from(digest.hash, 'base64url').length
  const options = { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize + 1024 * 1024 }
  return { ...digest, salt: salt.toString('base64url'), hash: scryptSync(text, salt, length, options).toString('base64url') }
}
