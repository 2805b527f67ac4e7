/** A switch of protocols (RFC 9110 §7.8) that an operation allows. */
export type UpgradePlan = {
  /** `websocket`, or the name of another protocol, of which the gateway knows nothing. */
  readonly protocol: string
  /** Milliseconds without a byte in either direction after which it is closed; 0 is no bound. */
  readonly idle: number
  /** Milliseconds after which it is closed in any case; 0 is no bound. */
  readonly life: number
  /** The subprotocol that announces a bearer token as the next one; `null` where tokens come in a field only. */
  readonly tokenProtocol: string | null
  /** Bytes in one frame from the client; 0 where there are no frames. */
  readonly maxFrame: number
  readonly limit: UpgradeLimitPlan | null
  /** Tunnels of one consumer at the same time; 0 is no bound. */
  readonly perConsumer: number
}

/** What a client may send at once; it grows back evenly within `per` milliseconds. 0 is no bound. */
export type UpgradeLimitPlan = { readonly frames: number; readonly bytes: number; readonly per: number }
