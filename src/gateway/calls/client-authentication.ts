/** How the gateway says who it is in a form that it posts to an authorisation server (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2). */
import { constants, createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ClientAuthenticationPlan } from '../../contract/plan/client-authentication.ts'
import type { Clock } from '../clock.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import { basicAuthorization } from './basic-authorization.ts'

/** What is added to a request: fields of its head, and parameters of its form. */
export type ClientAuthentication = () => {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

/** Seconds for which an assertion is good. */
const assertionLife = 60

/** Throws a StartError where the key cannot be used. */
export function clientAuthentication(
  plan: ClientAuthenticationPlan,
  values: ReadonlyMap<string, string>,
  clock: Clock,
): ClientAuthentication {
  const clientId = settle(plan.clientId, values)
  switch (plan.kind) {
    case 'basic': {
      const secret = settle(plan.clientSecret, values)
      const headers = { Authorization: basicAuthorization(formEncoded(clientId), formEncoded(secret)) }
      return () => ({ headers, parameters: {} })
    }
    case 'post': {
      const parameters = { client_id: clientId, client_secret: settle(plan.clientSecret, values) }
      return () => ({ headers: {}, parameters })
    }
    case 'tls':
      return () => ({ headers: {}, parameters: { client_id: clientId } })
    case 'private_key_jwt': {
      const signer = readSigner(settle(plan.keyFile, values), settingsIn(plan.keyFile))
      const header = { alg: signer.algorithm, typ: 'JWT', ...(plan.keyId === null ? {} : { kid: plan.keyId }) }
      const audience = settle(plan.audience, values)
      return () => {
        const now = Math.floor(clock.now() / 1000)
        const jti = randomBytes(16).toString('base64url')
        const claims = { iss: clientId, sub: clientId, aud: audience, jti, iat: now, exp: now + assertionLife }
        const signed = `${encoded(header)}.${encoded(claims)}`
        return {
          headers: {},
          parameters: {
            client_id: clientId,
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
            client_assertion: `${signed}.${signer.sign(Buffer.from(signed)).toString('base64url')}`,
          },
        }
      }
    }
  }
}

/** `application/x-www-form-urlencoded`, as RFC 6749 §2.3.1 asks of both parts. */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1)
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

type Signer = { readonly algorithm: string; readonly sign: (data: Buffer) => Buffer }

/** The key is the setting's, and is never repeated. */
function readSigner(path: string, settings: string): Signer {
  let key: KeyObject
  try {
    key = createPrivateKey(readFileSync(path))
  } catch {
    throw new StartError(`${settings}: the file does not hold an unencrypted private key as PEM`)
  }
  const signer = signerOf(key)
  if (signer === null) throw new StartError(`${settings}: the key must be RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519`)
  return signer
}

const curves: Readonly<Record<string, { readonly algorithm: string; readonly hash: string }>> = {
  prime256v1: { algorithm: 'ES256', hash: 'sha256' },
  secp384r1: { algorithm: 'ES384', hash: 'sha384' },
  secp521r1: { algorithm: 'ES512', hash: 'sha512' },
}

function signerOf(key: KeyObject): Signer | null {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {}
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const padded = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      return modulusLength < 2048 ? null : { algorithm: 'PS256', sign: (data) => sign('sha256', data, padded) }
    }
    case 'ec': {
      const curve = Object.hasOwn(curves, namedCurve) ? curves[namedCurve] : undefined
      if (curve === undefined) return null
      return { algorithm: curve.algorithm, sign: (data) => sign(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }) }
    }
    case 'ed25519':
      return { algorithm: 'EdDSA', sign: (data) => sign(null, data, key) }
    default:
      return null
  }
}
