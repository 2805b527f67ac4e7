/**
 * One request with its answer inside the gateway. Every field is present from the start, so that all exchanges share one hidden
 * class; a connection reuses its exchange for one request after another.
 */
import type { JsonObject } from '../contract/extension.ts'
import type { RefusalKind } from '../contract/refusals.ts'
import type { VerifiedToken } from './auth/verified-token.ts'
import type { UpgradeRequest } from './capabilities/upgrade.ts'
import type { RequestValues } from './conditions/request-values.ts'
import type { Consumer } from './consumer.ts'
import type { Grant } from './grant.ts'
import type { RequestHead } from './http1/request-head.ts'
import { type ClientCertificate, plainTransport, type Transport } from './listener/transport.ts'
import type { GrpcStatus } from './observability/grpc-table.ts'
import type { BackendTarget, Operation } from './operation.ts'
import type { Subscription } from './subscription.ts'

/** A coded answer instead of forwarding. */
export type Refusal = {
  readonly kind: RefusalKind
  /** Field lines for the answer, each ending in CRLF (`WWW-Authenticate`, `Allow`, `Retry-After`); empty for none. */
  readonly fields: string
  /** For log and metrics, never sent: a short fixed word or two, never anything a client sent. */
  readonly reason: string
}

/** What becomes of a request: it is forwarded, refused, or answered by 204 and the exchange's `answerFields`. */
export type Decision = undefined | Refusal | 'no-content'

/** One stage of the pipeline: `undefined` goes on. A step never throws for anything that a client can cause. */
export type Step = (exchange: Exchange) => Refusal | undefined | Promise<Refusal | undefined>

/** Who looks on while a request goes to its backend. */
export type ExchangeWatch = {
  /** Content of the request. */
  requestData(chunk: Buffer, start: number, end: number): void
  /** The backend's answer has come; the client has not seen it yet. */
  answered(status: number): void
}

/** Who counts the bytes of an exchange's bodies. */
export type BodyMeter = {
  /** They pass, in either direction. */
  charge(bytes: number): void
}

/** The quota of one request, until it is settled whether it was spent. One of the two is called, once. */
export type SpentQuota = {
  /** The request is on its way to its backend. */
  keep(): void
  /** It was refused before that, or its client is gone. */
  giveBack(): void
}

export class Exchange {
  /** Monotonic milliseconds at which the head was complete. */
  startedAt: number = 0
  /** What X-Request-Id says, to the backend and to the client. */
  requestId: string = ''
  readonly head: RequestHead
  /** The client speaks HTTP/2; its request was put into the form of HTTP/1.1. */
  readonly overHttp2: boolean
  /** Host and perhaps port that the client asked for; empty where an HTTP/1.0 client names none. */
  host: string = ''
  /** Canonical path, as matched and forwarded. */
  path: string = ''
  /** `?` and what follows, or empty. */
  query: string = ''
  operation: Operation | null = null
  /** The whole value of the field that carries this operation's credential; `null` when it is absent. */
  credential: string | null = null
  /** `null` on public operations and for anonymous callers. */
  token: VerifiedToken | null = null
  /** What a good API key and a good password give; `null` where the operation asks for none, or none came. */
  apiKey: Grant | null = null
  user: Grant | null = null
  /** The application that calls, where the operation asks for a subscription; else `null`. */
  subscription: Subscription | null = null
  /** What the project's own steps attach, for the backend's token; `null` where they attach nothing. */
  attached: JsonObject | null = null
  /** The client's, which a trusted proxy may have said. */
  address: string = ''
  /** The caller by address. */
  caller: Consumer
  /** The caller by address until a certificate or token says more. */
  consumer: Consumer
  /** How it came, and whether a trusted proxy brought it, whose word about the client counts. */
  transport: Transport = plainTransport
  fromTrustedProxy: boolean = false
  /** A good one of the client's; `null` where the operation asks for none, or does with fewer. */
  certificate: ClientCertificate | null = null
  /** Whom the project knows by that certificate; `null` where it is of no holder. */
  holder: Consumer | null = null
  /** The switch of protocols that the client asks for and the operation allows; `null` for an ordinary request. */
  upgrade: UpgradeRequest | null = null
  /** What conditions have read of it; `null` where none has. */
  values: RequestValues | null = null
  /** What it takes up of those that bound requests in flight; given back when it ends. */
  places: { readonly free: () => void } | null = null
  /** It has been answered, or its client is gone: a step that still runs for it must take nothing. */
  ended: boolean = false
  /** Where the request goes; set by the pipeline. */
  target: BackendTarget | null = null
  /** As of which epoch the credential was looked for among what is revoked; -1 where none was. */
  revocationEpoch: number = -1
  /** Its answer has begun, and is a stream of events or messages. */
  streams: boolean = false
  /** `null` for nearly all. */
  watch: ExchangeWatch | null = null
  /** `null` where no limit counts bytes. */
  meter: BodyMeter | null = null
  /** The quota that it has spent, as long as it can be given back; `null` where none, or none any more. */
  spent: SpentQuota | null = null
  /** The tier that was used up and let the request pass all the same; empty for none. */
  overQuota: string = ''
  /** Field lines that steps add to the request for the backend, each ending in CRLF. A client's own of these names are dropped. */
  backendFields: string = ''
  /** Field lines that the gateway adds to whatever answer goes out (CORS, `RateLimit`), each ending in CRLF. */
  answerFields: string = ''
  /** What a gRPC call ended with for its client; `null` for all other requests. */
  grpcStatus: GrpcStatus | null = null

  constructor(head: RequestHead, caller: Consumer, overHttp2: boolean = false) {
    this.head = head
    this.overHttp2 = overHttp2
    this.caller = caller
    this.consumer = caller
  }

  /** Version of HTTP that the client speaks. */
  get protocol(): '1.0' | '1.1' | '2.0' {
    if (this.overHttp2) return '2.0'
    return this.head.minorVersion === 1 ? '1.1' : '1.0'
  }

  /** Makes it the exchange of the next request. */
  begin(startedAt: number, requestId: string, caller: Consumer): void {
    this.startedAt = startedAt
    this.requestId = requestId
    this.caller = caller
    this.consumer = caller
    this.operation = null
    this.credential = null
    this.token = null
    this.apiKey = null
    this.user = null
    this.subscription = null
    this.attached = null
    this.certificate = null
    this.holder = null
    this.upgrade = null
    this.places = null
    this.values = null
    this.ended = false
    this.target = null
    this.revocationEpoch = -1
    this.streams = false
    this.watch = null
    this.meter = null
    this.spent = null
    this.overQuota = ''
    this.backendFields = ''
    this.answerFields = ''
  }

  /** It is on its way to its backend, and has spent its quota whatever comes of it. */
  keepSpent(): void {
    if (this.spent === null) return
    this.spent.keep()
    this.spent = null
  }

  /** It is answered, or never will be. What was not forwarded gives its quota back. */
  end(): void {
    this.ended = true
    if (this.spent !== null) {
      this.spent.giveBack()
      this.spent = null
    }
    if (this.places === null) return
    this.places.free()
    this.places = null
  }

  /** It is answered and recorded: lets go of what the client has sent, the credential first of all. */
  forget(): void {
    this.head.forget()
    this.path = ''
    this.query = ''
    this.values = null
    this.credential = null
    this.token = null
    this.apiKey = null
    this.user = null
    this.subscription = null
    this.attached = null
    this.watch = null
    this.meter = null
    this.backendFields = ''
    this.answerFields = ''
  }
}
