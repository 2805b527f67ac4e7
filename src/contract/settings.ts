/** The settings that every gateway has, whatever its plan. */
export type CommonSetting = { readonly name: string; readonly default: string | null; readonly meaning: string }

export const commonSettings: readonly CommonSetting[] = [
  { name: 'POSTERN_HOST', default: '0.0.0.0', meaning: 'address to listen on' },
  { name: 'POSTERN_HTTP_PORT', default: null, meaning: 'port for requests; 0 takes a free one; the project’s listen.http by default' },
  {
    name: 'POSTERN_HTTPS_PORT',
    default: null,
    meaning: 'port for requests over TLS; 0 takes a free one; the project’s listen.https by default',
  },
  {
    name: 'POSTERN_TLS_CERT',
    default: null,
    meaning: 'PEM files of certificates with their chains, separated by commas; TLS is on with them',
  },
  { name: 'POSTERN_TLS_KEY', default: null, meaning: 'PEM files of their private keys, in the same order' },
  {
    name: 'POSTERN_ADMIN_PORT',
    default: null,
    meaning: 'port for live, ready, metrics and manifest; 0 takes a free one; the project’s listen.admin by default',
  },
  { name: 'POSTERN_LOG_LEVEL', default: 'info', meaning: 'error, warn, info or debug; the access log is written at info' },
  { name: 'POSTERN_DRAIN_SECONDS', default: '20', meaning: 'how long requests in flight may take to end after SIGTERM' },
  {
    name: 'POSTERN_DRAIN_DELAY_SECONDS',
    default: '0',
    meaning: 'how long after SIGTERM requests are still accepted while readiness already fails',
  },
  {
    name: 'POSTERN_WORKERS',
    default: '1',
    meaning: 'threads that serve requests, up to 64; auto is one for each processor',
  },
]
