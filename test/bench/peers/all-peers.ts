import { envoy } from './envoy.ts'
import { fastify } from './fastify.ts'
import { haproxy } from './haproxy.ts'
import { haproxyJwt } from './haproxy-jwt.ts'
import { krakend } from './krakend.ts'
import { nginx } from './nginx.ts'
import { nginxNjs } from './nginx-njs.ts'
import type { Peer } from './peer.ts'
import { postern, posternLogging } from './postern.ts'
import { undici } from './undici.ts'

/** In the order in which they take their turns and stand in the tables. */
export const allPeers: readonly Peer[] = [postern, posternLogging, nginx, nginxNjs, haproxy, haproxyJwt, undici, fastify, envoy, krakend]
