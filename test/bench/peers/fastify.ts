import { nodePeer } from './node-peer.ts'

export const fastify = nodePeer('fastify', '@fastify/http-proxy + @fastify/jwt with its cache, counter', './fastify-gateway.ts')
