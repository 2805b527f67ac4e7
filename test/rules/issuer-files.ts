/** A project with an issuer, for rules about tokens and keys. Keys are made anew for each run. */
import { generateKeyPairSync } from 'node:crypto'
import { type ProjectFiles, projectWith } from './check-project.ts'

export const ellipticKeys: { readonly publicKey: string; readonly privateKey: string } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

/** Lines for postern.yaml, from line 6 on: an issuer whose keys stand in the file `keys`. */
export function issuerLines(keys: string): string {
  return `issuers:
  - issuer: https://idp.example.com
    audiences: [sample]
    keys: ${keys}
`
}

/** A sound project with an issuer, whose key file is given. */
export function projectWithKeys(name: string, content: string, lines = ''): ProjectFiles {
  return projectWith(issuerLines(name) + lines, { [name]: content })
}

/** A JWKS with one key a line, from line 2 on. */
export function keySet(...keys: readonly object[]): string {
  return `{ "keys": [\n${keys.map((key) => JSON.stringify(key)).join(',\n')}\n] }`
}
