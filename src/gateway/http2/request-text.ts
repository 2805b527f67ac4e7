/**
 * A request's header list (RFC 9113 §8.3) as the head of an HTTP/1.1 request, for the one reader of request heads: what is refused
 * there is refused here, by the same lines. Only what HTTP/1.1 cannot say, or says otherwise, is judged in this file.
 */
import type { RefusalKind } from '../../contract/refusals.ts'
import { isGrpc } from './grpc.ts'

export type RequestText = {
  readonly head: Buffer
  readonly grpc: boolean
  /** As sent. */
  readonly grpcTimeout: string | null
}

/** `token` of RFC 9110 without upper case (RFC 9113 §8.2.1). */
const fieldName = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const method = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const lineBreak = /[\r\n]/

/** RFC 9113 §8.2.2: a request with one of them is malformed. */
const connectionSpecific = new Set(['connection', 'proxy-connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

type Pseudo = { ':method': string | null; ':scheme': string | null; ':authority': string | null; ':path': string | null }

/** `fields`: a name and a value, then the next name. `ended`: nothing follows the header list. */
export function requestText(fields: readonly string[], ended: boolean): RequestText | RefusalKind {
  const pseudo: Pseudo = { ':method': null, ':scheme': null, ':authority': null, ':path': null }
  let index = 0
  for (; fields[index]?.startsWith(':'); index += 2) {
    const name = fields[index]!
    if (!isPseudo(name, pseudo) || pseudo[name] !== null || lineBreak.test(fields[index + 1]!)) return 'bad-request'
    pseudo[name] = fields[index + 1]!
  }
  const authority = pseudo[':authority']
  let lines = ''
  let cookies = ''
  let hasHost = authority !== null
  let hasLength = false
  let grpc = false
  let grpcTimeout: string | null = null
  for (; index < fields.length; index += 2) {
    const name = fields[index]!
    const value = fields[index + 1]!
    if (!fieldName.test(name) || lineBreak.test(value) || connectionSpecific.has(name)) return 'bad-request'
    switch (name) {
      case 'cookie':
        // HTTP/2 takes cookies apart to compress them (RFC 9113 §8.2.3).
        cookies += cookies === '' ? value : `; ${value}`
        continue
      case 'host':
        // Said twice in agreement is said once; whatever else there is, the reader of targets refuses.
        if (hasHost && value.toLowerCase() === authority!.toLowerCase()) {
          hasHost = false
          continue
        }
        break
      case 'te':
        if (value !== 'trailers') return 'bad-request'
        break
      case 'content-length':
        hasLength = true
        break
      case 'content-type':
        grpc = isGrpc(value)
        break
      case 'grpc-timeout':
        if (grpcTimeout !== null) return 'bad-request'
        grpcTimeout = value
        break
    }
    lines += `${name}: ${value}\r\n`
  }
  if (pseudo[':method'] === null || !method.test(pseudo[':method'])) return 'bad-request'
  if (pseudo[':method'] === 'CONNECT') return 'not-tunnelled'
  const path = pseudo[':path']
  if (path === null || (pseudo[':scheme'] !== 'http' && pseudo[':scheme'] !== 'https')) return 'bad-request'
  if (!/^(?:\/[^ ]*|\*)$/.test(path)) return 'bad-target'
  const host = authority === null ? '' : `host: ${authority}\r\n`
  const cookie = cookies === '' ? '' : `cookie: ${cookies}\r\n`
  const framing = ended || hasLength ? '' : 'transfer-encoding: chunked\r\n'
  const text = `${pseudo[':method']} ${path} HTTP/1.1\r\n${host}${lines}${cookie}${framing}\r\n`
  return { head: Buffer.from(text, 'latin1'), grpc, grpcTimeout }
}

function isPseudo(name: string, pseudo: Pseudo): name is keyof Pseudo {
  return Object.hasOwn(pseudo, name)
}
