import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requiredScope } from '../fixture/api.ts'
import type { Identity } from '../fixture/identity.ts'
import { findProgram, outputOf } from '../machine/programs.ts'
import { nginxMissing, startNginx } from './nginx-server.ts'
import type { Peer } from './peer.ts'

/**
 * A script verifies the token in an authorisation subrequest (auth_request), and limit_req counts. Before njs 0.8 scripts have no
 * memory between requests, so there is no cache of verified tokens.
 */
export const nginxNjs: Peer = {
  name: 'nginx-njs',
  about: 'njs script verifies the token in auth_request, no cache; limit_req',
  policies: true,
  whyMissing: async () =>
    (await nginxMissing()) ?? (module() === null ? 'the njs module is not installed: apt-get install libnginx-mod-http-js' : null),
  start: async (context) => {
    await writeFile(join(context.folder, 'gate.js'), script(context.identity))
    return startNginx(context, {
      main: `load_module ${module()};`,
      http: `
  js_import gate from ${context.folder}/gate.js;
  js_set $consumer gate.consumer;
  limit_req_zone $consumer zone=consumers:1m rate=1000000r/s;`,
      server: `location = /authorise { internal; js_content gate.authorise; }`,
      location: `
      auth_request /authorise;
      limit_req zone=consumers burst=1000000 nodelay;
      limit_req_status 429;`,
    })
  },
}

function module(): string | null {
  const nginx = findProgram('nginx')
  const folder = nginx === null ? null : /--modules-path=(\S+)/.exec(outputOf(nginx, '-V'))?.[1]
  const file = `${folder}/ngx_http_js_module.so`
  return existsSync(file) ? file : null
}

function script(identity: Identity): string {
  const key = identity.publicKey.replaceAll(/-----[^-]+-----|\s/g, '')
  return `
const key = Buffer.from('${key}', 'base64')
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

function tokenParts(r) {
  const field = r.headersIn.Authorization || ''
  return field.indexOf('Bearer ') === 0 ? field.slice(7).split('.') : []
}

function decode(part) {
  return JSON.parse(Buffer.from(part, 'base64url'))
}

function consumer(r) {
  const parts = tokenParts(r)
  return parts.length === 3 ? decode(parts[1]).azp : r.remoteAddress
}

async function authorise(r) {
  try {
    const parts = tokenParts(r)
    if (parts.length !== 3 || decode(parts[0]).alg !== 'RS256') return r.return(401)
    const imported = await crypto.subtle.importKey('spki', key, algorithm, false, ['verify'])
    const signature = Buffer.from(parts[2], 'base64url')
    if (!(await crypto.subtle.verify(algorithm, imported, signature, parts[0] + '.' + parts[1]))) return r.return(401)
    const claims = decode(parts[1])
    if (claims.iss !== '${identity.issuer}' || claims.aud !== '${identity.audience}' || !(claims.exp > Date.now() / 1000)) return r.return(401)
    r.return(claims.scope.split(' ').indexOf('${requiredScope}') < 0 ? 403 : 204)
  } catch (e) {
    r.return(401)
  }
}

export default { authorise, consumer }
`
}
