/**
 * Everything that the gateway refuses although Node's strict parser takes it, and why. Each entry is judged by what Node read, not by
 * the gateway's code; a refusal that no entry covers fails the fuzz test.
 */
import { isIPv6 } from 'node:net'
import { maxBody } from './generate.ts'
import type { ParsedRequest } from './node-parser.ts'

export type Refused = {
  /** The whole stream, for what cannot be seen in what Node read of it. */
  readonly stream: string
  /** The kind of refusal. */
  readonly refusal: string
  /** What Node read; its body may be unfinished. */
  readonly request: ParsedRequest
  /** What Node read before it. */
  readonly previous: ParsedRequest | undefined
}

type Justification = { readonly reason: string; readonly refusal: string; readonly applies: (refused: Refused) => boolean }

function values({ fields }: ParsedRequest, name: string): readonly string[] {
  return fields.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value)
}

function path({ target }: ParsedRequest): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] ?? ''
}

function query({ target }: ParsedRequest): string {
  return target.slice(target.indexOf('?') === -1 ? target.length : target.indexOf('?'))
}

function authority({ target }: ParsedRequest): string | undefined {
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]
}

/** A host name, IPv4 or bracketed IPv6 address, and an optional port. */
function isAuthority(text: string): boolean {
  const host = text.replace(/:\d{1,5}$/, '')
  return /^[\w.~!$&'()*+;=%-]{1,255}$/.test(host) || (/^\[.*\]$/.test(host) && isIPv6(host.slice(1, -1)))
}

function hasBadEscape(text: string): boolean {
  if (/%(?![0-9a-f]{2})|%00/i.test(text)) return true
  try {
    decodeURIComponent(text)
    return false
  } catch {
    return true
  }
}

function isExtension(text: string): boolean {
  const token = "[\\w!#$%&'*+.^`|~-]+"
  const one = `${token}(=(${token}|"([^"\\\\]|\\\\.)*"))?`
  return text.length <= 256 && new RegExp(`^${one}(;${one})*$`).test(text)
}

/** `.` or `..` once everything is decoded that some backend might decode, and parameters are taken off. */
function hasDotSegment(text: string): boolean {
  const decoded = text.replace(/%2e/gi, '.').replace(/%2f/gi, '/').replace(/%3b/gi, ';')
  return decoded.split('/').some((segment) => /^\.\.?(?:;|$)/.test(segment))
}

const justifications: readonly Justification[] = [
  // The request line
  { reason: 'HTTP/0.9 has no fields, and nobody speaks it', refusal: 'bad-request', applies: ({ request }) => request.version === '0.9' },
  {
    reason: 'another protocol, which Node takes from the methods that it shares with HTTP',
    refusal: 'bad-request',
    applies: ({ stream }) => / (?:RTSP|ICE)\//.test(stream),
  },
  {
    reason: 'only HTTP/1.0 and 1.1 are spoken here',
    refusal: 'bad-version',
    applies: ({ request }) => !['1.0', '1.1'].includes(request.version),
  },
  {
    reason: 'more than one empty line in front: nobody sends that who is not probing',
    refusal: 'bad-request',
    applies: ({ stream }) => /^(?:\r?\n){2}|\r\n\r\n\r\n/.test(stream),
  },
  {
    reason: 'a bare CR or LF in front',
    refusal: 'bad-request',
    applies: ({ stream, previous }) => /(?:^|[^\r])\n|\r(?!\n)/.test(stream) || previous?.body.endsWith('\r') === true,
  },
  {
    reason: 'more than one space between the parts of the request line',
    refusal: 'bad-request',
    applies: ({ stream }) => /[A-Z] {2,}\S|\S {2,}HTTP\//.test(stream),
  },
  { reason: 'tunnels are not opened', refusal: 'not-tunnelled', applies: ({ request }) => request.method === 'CONNECT' },
  {
    reason: 'neither origin-form nor absolute-form of http',
    refusal: 'bad-target',
    applies: ({ request }) => !/^(?:\/|https?:\/\/.)/i.test(request.target),
  },
  {
    reason: 'the authority of the target is none',
    refusal: 'bad-target',
    applies: ({ request }) => authority(request) !== undefined && !isAuthority(authority(request)!),
  },
  { reason: 'a fragment is never sent', refusal: 'bad-target', applies: ({ request }) => request.target.includes('#') },
  {
    reason: 'an escape that is malformed, NUL or not UTF-8',
    refusal: 'bad-target',
    applies: ({ request }) => hasBadEscape(path(request)) || hasBadEscape(query(request)),
  },
  {
    reason: 'a backslash, which some take for a slash',
    refusal: 'bad-target',
    applies: ({ request }) => /\\|%5c/i.test(path(request)) || query(request).includes('\\'),
  },
  {
    reason: 'characters that RFC 3986 allows in no path',
    refusal: 'bad-target',
    applies: ({ request }) => /[^\w.~!$&'()*+,;=:@/%-]/.test(path(request)),
  },
  { reason: 'a dot segment', refusal: 'bad-target', applies: ({ request }) => hasDotSegment(path(request)) },

  // Fields
  {
    reason: 'not exactly one Host that is a host',
    refusal: 'bad-host',
    applies: ({ request }) => {
      const hosts = values(request, 'host')
      return hosts.length > 1 || (hosts.length === 0 && request.version === '1.1') || hosts.some((host) => !isAuthority(host))
    },
  },
  {
    reason: 'Host and target name two hosts',
    refusal: 'bad-host',
    applies: ({ request }) => {
      const named = authority(request)?.toLowerCase()
      return named !== undefined && values(request, 'host').some((host) => host.toLowerCase() !== named)
    },
  },
  {
    reason: 'Connection lists what can be no field name',
    refusal: 'bad-request',
    applies: ({ request }) =>
      values(request, 'connection').some((value) =>
        value.split(',').some((option) => /[^\w!#$%&'*+.^`|~-]/.test(option.replace(/^[ \t]+|[ \t]+$/g, ''))),
      ),
  },
  {
    reason: 'two credentials',
    refusal: 'duplicate-credential',
    applies: ({ request }) => values(request, 'authorization').length > 1,
  },
  {
    reason: 'an expectation that cannot be met',
    refusal: 'bad-expectation',
    applies: ({ request }) => {
      const expectations = values(request, 'expect')
      return expectations.length > 1 || expectations.some((value) => value.toLowerCase() !== '100-continue')
    },
  },

  // The body
  {
    reason: 'a Transfer-Encoding that is not chunked alone',
    refusal: 'bad-framing',
    applies: ({ request }) => {
      const encodings = values(request, 'transfer-encoding')
      return encodings.length > 1 || encodings.some((value) => value.toLowerCase() !== 'chunked')
    },
  },
  {
    reason: 'chunks in HTTP/1.0, which does not know them',
    refusal: 'bad-framing',
    applies: ({ request }) => request.version === '1.0' && values(request, 'transfer-encoding').length > 0,
  },
  {
    reason: 'a Content-Length of more than 16 digits, or beyond safe integers',
    refusal: 'bad-framing',
    applies: ({ request }) =>
      values(request, 'content-length').some((value) => value.length > 16 || Number(value) > Number.MAX_SAFE_INTEGER),
  },
  {
    reason: 'a chunk size of more than eight digits',
    refusal: 'bad-framing',
    applies: ({ stream }) => /\n[0-9a-f]{9,}[;\r]/i.test(stream),
  },
  {
    reason: 'a chunk extension that is too long, or not after the grammar of RFC 9112',
    refusal: 'bad-framing',
    applies: ({ stream }) => [...stream.matchAll(/\n[0-9a-f]+;([^\r\n]*)\r/gi)].some(([, extension = '']) => !isExtension(extension)),
  },
  {
    reason: 'more than the operation takes',
    refusal: 'body-too-large',
    applies: ({ request }) => request.body.length > maxBody || values(request, 'content-length').some((value) => Number(value) > maxBody),
  },

  // Routing, which Node has nothing to do with
  {
    reason: 'no operation has this path',
    refusal: 'no-route',
    applies: ({ request }) => /^\/$|^\/\/|.\/\/|^\*$|(?:\/.*){4}/.test(path(request)),
  },
  {
    reason: 'no operation has this method',
    refusal: 'no-method',
    applies: ({ request }) => !/^(?:GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE)$/.test(request.method),
  },
]

export const justifiedReasons: readonly string[] = justifications.map(({ reason }) => reason)

/** Why the refusal is right; null where nothing says so. */
export function justification(refused: Refused): string | null {
  return justifications.find(({ refusal, applies }) => refusal === refused.refusal && applies(refused))?.reason ?? null
}
