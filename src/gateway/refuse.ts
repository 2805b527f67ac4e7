/**
 * The only writer of error bodies: Problem Details (RFC 9457), or WSO2's form where the plan asks for it. What is sent depends on the
 * kind of refusal alone, so no answer can repeat a credential, a backend's address or a stack.
 */
import { type RefusalKind, refusals } from '../contract/refusals.ts'
import type { Wso2ErrorsCapability } from './capabilities/wso2-errors.ts'

export type RefusalAnswer = {
  /** Code, space and reason phrase. */
  readonly statusText: string
  readonly status: number
  readonly closes: boolean
  /** `Content-Type`, `Content-Length` and `Cache-Control` lines. */
  readonly fields: string
  readonly body: string
}

export type RefusalWriter = (kind: RefusalKind, accept: string | undefined) => RefusalAnswer

const reasonPhrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  414: 'URI Too Long',
  417: 'Expectation Failed',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
}

/** Answers are made once, at start. */
export function refusalWriter(wso2: Wso2ErrorsCapability | undefined): RefusalWriter {
  if (wso2 !== undefined) {
    return (kind, accept) => {
      const { contentType, body } = wso2(kind, accept ?? '')
      return answer(kind, contentType, body)
    }
  }
  const prepared = new Map(
    (Object.keys(refusals) as RefusalKind[]).map((kind) => [kind, answer(kind, 'application/problem+json', problem(kind))]),
  )
  return (kind) => prepared.get(kind)!
}

function problem(kind: RefusalKind): string {
  const { status, title, detail, code } = refusals[kind]
  return JSON.stringify({ type: `urn:postern:refusal:${kind}`, title, status, detail, code })
}

function answer(kind: RefusalKind, contentType: string, body: string): RefusalAnswer {
  const { status, closes } = refusals[kind]
  const fields = `Content-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\n`
  return { statusText: `${status} ${reasonPhrases[status]}`, status, closes, fields, body }
}
