/** What gRPC puts into HTTP/2 (gRPC over HTTP2: Requests, Responses): its media type, its deadline, and its way to say how a call ended. */
import { type GrpcStatus, grpcStatusWord } from '../observability/grpc-table.ts'

/** `application/grpc`, also with a suffix as in `application/grpc+proto`; not gRPC-Web, which ends in a body of its own. */
export function isGrpc(contentType: string): boolean {
  return /^application\/grpc(?:[+;\s]|$)/i.test(contentType)
}

const milliseconds: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 }

/** Value of `grpc-timeout` in milliseconds; null where it is not one: at most eight digits and a unit. */
export function parseGrpcTimeout(value: string): number | null {
  if (!/^[0-9]{1,8}[HMSmun]$/.test(value)) return null
  return Number(value.slice(0, -1)) * milliseconds[value.at(-1)!]!
}

/** What `lines`, each ending in CRLF, say of a call that ends with them. */
export function grpcStatusIn(lines: string): GrpcStatus {
  const found = /(?:^|\n)grpc-status:([^\r]*)\r/i.exec(lines)
  return found === null ? 'none' : grpcStatusWord(found[1]!.trim())
}

/** `grpc-status` and `grpc-message`, which is percent-encoded. Each line ends in CRLF. */
export function grpcStatusLines(status: number, message: string): string {
  const encoded = message.replace(/[^ -$&-~]/gu, (character) => encodeURIComponent(character))
  return `grpc-status: ${status}\r\ngrpc-message: ${encoded}\r\n`
}
