/** The settings that every gateway has, whatever its plan. */
export type CommonSetting = { readonly name: string; readonly default: string | null; readonly meaning: string }

export const commonSettings: readonly CommonSetting[] = [
  { name: 'POSTERN_HOST', default: '0.0.0.0', meaning: 'address to listen on' },
  { name: 'POSTERN_HTTP_PORT', default: null, meaning: 'port for requests; 0 takes a free one; the project’s listen.http by default' },
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
]

/** Names that the contract reserves and that this version refuses to start with rather than ignore. */
export const unsupportedSettings: Readonly<Record<string, string>> = {
  POSTERN_HTTPS_PORT: 'TLS for clients is not supported yet',
  POSTERN_TLS_CERT: 'TLS for clients is not supported yet',
  POSTERN_TLS_KEY: 'TLS for clients is not supported yet',
}
