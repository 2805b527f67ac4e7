import { haproxyMissing, startHaproxy } from './haproxy-server.ts'
import type { Peer } from './peer.ts'

export const haproxy: Peer = {
  name: 'haproxy',
  about: 'plain HTTP proxy, no policy',
  policies: false,
  whyMissing: haproxyMissing,
  start: (context) => startHaproxy(context, '', ''),
}
