import { nginxMissing, startNginx } from './nginx-server.ts'
import type { Peer } from './peer.ts'

export const nginx: Peer = {
  name: 'nginx',
  about: 'plain HTTP proxy, no policy',
  policies: false,
  whyMissing: nginxMissing,
  start: (context) => startNginx(context, { main: '', http: '', server: '', location: '' }),
}
