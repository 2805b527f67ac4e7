/** Tokens of every shape, signed by hand: what no library would make can be made here. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { JwtAlgorithm, KeyPlan } from '../../../../src/contract/plan/keys.ts'

export type TestKey = {
  readonly kid: string
  readonly algorithm: JwtAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** The clock of the tests, in seconds. */
export const testNow: number = Date.UTC(2026, 0, 1) / 1_000

export const rsaKey: TestKey = { kid: 'rsa', algorithm: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) }
export const ecKey: TestKey = { kid: 'ec', algorithm: 'ES256', ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
export const edKey: TestKey = { kid: 'ed', algorithm: 'EdDSA', ...generateKeyPairSync('ed25519') }

export function keyPlan(key: TestKey, parts: Partial<KeyPlan> = {}): KeyPlan {
  const jwk = key.publicKey.export({ format: 'jwk' }) as Record<string, string>
  return { kid: key.kid, algorithms: [key.algorithm], jwk, notAfter: null, ...parts }
}

/** Claims that every rule accepts. */
export const goodClaims: Readonly<Record<string, unknown>> = {
  iss: 'https://idp.example.com',
  aud: 'petstore',
  exp: testNow + 3_600,
  iat: testNow,
  sub: 'alice',
}

/** A token of these claims beside the good ones; a claim that is undefined is left out. */
export function token(
  claims: Readonly<Record<string, unknown>> = {},
  key: TestKey = rsaKey,
  header: Readonly<Record<string, unknown>> = {},
): string {
  return rawToken(JSON.stringify({ alg: key.algorithm, kid: key.kid, ...header }), JSON.stringify({ ...goodClaims, ...claims }), key)
}

/** A rightly signed token of exactly this header and payload. */
export function rawToken(header: string | Buffer, payload: string | Buffer, key: TestKey = rsaKey): string {
  const signed = `${base64url(header)}.${base64url(payload)}`
  return `${signed}.${base64url(signature(signed, key))}`
}

export function base64url(content: string | Buffer): string {
  return Buffer.from(content).toString('base64url')
}

export function hmacToken(header: Readonly<Record<string, unknown>>, secret: string | Buffer): string {
  const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(goodClaims))}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

function signature(signed: string, { algorithm, privateKey }: TestKey): Buffer {
  const bytes = Buffer.from(signed)
  if (algorithm === 'EdDSA') return sign(null, bytes, privateKey)
  return sign('sha256', bytes, algorithm === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey)
}
