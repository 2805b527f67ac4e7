import { arrivals } from './arrivals.ts'
import { bodies } from './bodies.ts'
import { build } from './build.ts'
import { connections } from './connections.ts'
import { credentials } from './credentials.ts'
import { http2 } from './http2.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { policies } from './policies.ts'
import { revocations } from './revocations.ts'
import { routes } from './routes.ts'
import type { Series } from './series.ts'
import { start } from './start.ts'
import { threads } from './threads.ts'
import { tls } from './tls.ts'
import { tokens } from './tokens.ts'

/** In the order in which they run. */
export const allSeries: readonly Series[] = [
  policies,
  latency,
  routes,
  tokens,
  credentials,
  bodies,
  tls,
  http2,
  connections,
  idle,
  revocations,
  arrivals,
  threads,
  build,
  start,
]
