import { nodePeer } from './node-peer.ts'

export const undici = nodePeer('undici', 'node:http + undici dispatch, verified-token cache, counter', './undici-gateway.ts')
