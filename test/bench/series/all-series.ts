import { bodies } from './bodies.ts'
import { build } from './build.ts'
import { connections } from './connections.ts'
import { policies } from './policies.ts'
import { routes } from './routes.ts'
import type { Series } from './series.ts'
import { start } from './start.ts'
import { tokens } from './tokens.ts'

/** In the order in which they run. */
export const allSeries: readonly Series[] = [policies, routes, tokens, bodies, connections, build, start]
