/** What speaks TLS and HTTP/2 with backends. */
import type { CoarseClock } from '../coarse-clock.ts'
import type { Backend } from '../upstream/backend.ts'
import type { BackendOrigin } from '../upstream/backend-origin.ts'
import type { Dial, TlsDialOptions } from '../upstream/dial.ts'
import type { UpstreamLimits } from '../upstream/upstream-limits.ts'

/** Loads what opens verified TLS connections to backends. What it resolves with throws a StartError for files that it cannot use. */
export type TlsCapability = () => Promise<(options: TlsDialOptions) => Dial>

/** Loads what speaks HTTP/2 with backends. */
export type Http2BackendCapability = () => Promise<
  (index: number, origin: BackendOrigin, dial: Dial, limits: UpstreamLimits, clock: CoarseClock) => Backend
>
