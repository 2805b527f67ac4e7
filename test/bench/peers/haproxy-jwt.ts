import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requiredScope } from '../fixture/api.ts'
import type { Identity } from '../fixture/identity.ts'
import { haproxyMissing, startHaproxy } from './haproxy-server.ts'
import type { Peer } from './peer.ts'

/** HAProxy keeps no verified tokens: it verifies each request's signature anew. */
export const haproxyJwt: Peer = {
  name: 'haproxy-jwt',
  about: 'jwt_verify, claims by jwt_payload_query, stick table; no cache',
  policies: true,
  whyMissing: haproxyMissing,
  start: async (context) => {
    const keyFile = join(context.folder, 'idp.pem')
    await writeFile(keyFile, context.identity.publicKey)
    const consumers = `
backend consumers
  stick-table type string len 64 size 100k expire 2m store http_req_rate(60s)`
    return startHaproxy(context, rules(context.identity, keyFile), consumers)
  },
}

function rules(identity: Identity, keyFile: string): string {
  return `
  http-request set-var(txn.token) http_auth_bearer
  http-request deny deny_status 401 unless { var(txn.token),jwt_header_query('$.alg') -m str RS256 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_verify("RS256","${keyFile}") -m int 1 }
  http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('$.iss') -m str ${identity.issuer} }
  http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('$.aud') -m str ${identity.audience} }
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 unless { var(txn.token),jwt_payload_query('$.exp','int'),sub(txn.now) -m int gt 0 }
  http-request deny deny_status 403 unless { var(txn.token),jwt_payload_query('$.scope') -m sub ${requiredScope} }
  http-request set-var(txn.client) var(txn.token),jwt_payload_query('$.azp')
  http-request track-sc0 var(txn.client) table consumers
  http-request deny deny_status 429 if { sc_http_req_rate(0,consumers) gt 1000000000 }`
}
