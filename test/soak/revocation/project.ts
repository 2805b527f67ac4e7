import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Issuer } from '../../behaviour/issuer.ts'

/** Seconds for which a source may be silent. */
export const staleAfter = 5

/** Milliseconds after which a revocation that its source has acknowledged is known, or nobody is served. What a busy machine takes is in it. */
export const bound = staleAfter * 1000 + 2000

/** One operation that asks for a token. */
export function writeRevocableProject(folder: string, feeds: string, issuer: Issuer): void {
  const files = {
    'postern.yaml': `name: replayed
version: 1.0.0
apis: [{ definition: api.yaml, backend: "\${BACKEND_URL}" }]
issuers: [{ issuer: "${issuer.name}", audiences: [shop], keys: keys/one.json }]
revocation:
  feeds: ${feeds}
  onStale: { after: ${staleAfter}s, action: deny }
  persist: \${REVOCATION_DIR:-}
`,
    'api.yaml': `openapi: 3.1.0
info: { title: Replayed, version: 1.0.0 }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
paths: { /token: { get: { security: [{ token: [] }], responses: { default: { description: An answer } } } } }
`,
    'keys/one.json': issuer.keySet,
  }
  mkdirSync(join(folder, 'keys'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
