/** The files of a new project: one that builds and runs at once. */
import { generateKeyPairSync } from 'node:crypto'
import { renderTemplate } from '../compiler/template.ts'
import type { DefinitionFile, OwnDefinition } from './own-definition.ts'

/** The private half of a project's development key, which `postern token` signs with. */
export const developmentKeyFile = 'keys/dev-private.pem'

export type ScaffoldFile = { readonly path: string; readonly content: string | Buffer; readonly mode: number }

/** `name`: the project's. Without a definition of the user's own, a sample is given. */
export function scaffold(name: string, own: OwnDefinition | null): readonly ScaffoldFile[] {
  const definition = own?.file ?? 'bookshop.yaml'
  const values = {
    name,
    issuer: `https://${name}.dev.invalid`,
    definition,
    sample: own === null,
    securedByDefault: own !== null,
  }
  const rendered = (path: string, template: string): ScaffoldFile => ({
    path,
    content: renderTemplate(`project/${template}`, values),
    mode: 0o644,
  })
  return [
    rendered('postern.yaml', 'postern.yaml'),
    ...(own === null
      ? [rendered('bookshop.yaml', 'bookshop.yaml'), rendered('policies.yaml', 'policies.yaml')]
      : [{ path: own.file, content: own.content, mode: 0o644 }]),
    rendered('backend.mjs', 'backend.mjs'),
    rendered('README.md', 'README.md'),
    rendered('.gitignore', 'gitignore'),
    ...developmentKey(),
  ]
}

/**
 * Whether a file that a definition refers to may stand beside the files of the scaffold under its own name; also those of file systems
 * that take capitals for small letters.
 */
export function fitsBeside(scaffolded: readonly ScaffoldFile[], { path }: DefinitionFile): boolean {
  // A project reads policies.yaml where there is one, and dist is for the bundle.
  const taken = [...scaffolded.map((file) => file.path), 'policies.yaml', 'dist']
  const own = `${path}/`.toLowerCase()
  return !taken.map((name) => `${name}/`.toLowerCase()).some((name) => own.startsWith(name) || name.startsWith(own))
}

/** A fresh P-256 pair: quick to make, and small tokens. */
function developmentKey(): readonly ScaffoldFile[] {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'dev', use: 'sig', alg: 'ES256' }
  return [
    { path: developmentKeyFile, content: privateKey.export({ format: 'pem', type: 'pkcs8' }), mode: 0o600 },
    { path: 'keys/dev.jwks.json', content: `${JSON.stringify({ keys: [jwk] }, null, 2)}\n`, mode: 0o644 },
  ]
}

/** A DNS label (RFC 1123 §2.1) made of a folder's name. */
export function projectNameFor(folderName: string): string {
  const label = folderName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return label === '' ? 'gateway' : label
}
