/** What the gateway learns from, and tells, other servers while it runs: revocations, throttling, analytics. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import type { Imported } from './imported.ts'

export function importCentralServices(conf: Configuration, imported: Imported): void {
  importRevocation(conf, imported)
  importEventHub(conf)
  conf.rest('not-supported', 'analytics', 'analytics are not sent: use `/metrics` and the access log')
}

function importRevocation(conf: Configuration, { project }: Imported): void {
  const feeds: Json[] = []
  const realtime = (key: string): string => `tokenRevocationConfig.realtime.${key}`
  const persistent = (key: string): string => `tokenRevocationConfig.persistent.${key}`
  const type = conf.text(persistent('type')) ?? 'default'
  const lasting = conf.boolean(persistent('enablePersistentStorageRetrieval'), false)
  if (lasting && type === 'default') {
    const url = `\${REVOKED_LIST_URL:-${(conf.text(persistent('endpointURL')) ?? 'https://localhost:9443/internal/data/v1').replace(/\/$/, '')}/revokedjwt}`
    feeds.push({ type: 'list', url, username: '${REVOKED_LIST_USERNAME}', password: '${REVOKED_LIST_PASSWORD}' })
    conf.carried(
      'a feed of type `list`, with the setting REVOKED_LIST_URL',
      persistent('enablePersistentStorageRetrieval'),
      persistent('type'),
      persistent('endpointURL'),
    )
    conf.differs('the settings REVOKED_LIST_USERNAME and REVOKED_LIST_PASSWORD at start', persistent('username'), persistent('password'))
  } else if (lasting)
    conf.rest(
      'not-supported',
      'tokenRevocationConfig.persistent',
      'the keys of etcd v2, or a function of your own: write a feed of type `etcd` (v3) or `list`: docs/revocation.md',
    )
  else conf.rest('carried', 'tokenRevocationConfig.persistent', 'off')
  if (!conf.boolean(realtime('enableRealtimeMessageRetrieval'), false)) conf.rest('carried', 'tokenRevocationConfig.realtime', 'off')
  else {
    feeds.push({ type: 'amqp', url: '${REVOCATION_BROKER_URL}', topic: conf.text(realtime('jmsConnectionTopic')) ?? 'tokenRevocation' })
    conf.carried('a feed of type `amqp`', realtime('enableRealtimeMessageRetrieval'), realtime('jmsConnectionTopic'))
    conf.differs(
      'the setting REVOCATION_BROKER_URL at start: amqps://user:password@host:port/carbon. Brokers other than WSO2’s and RabbitMQ: type `amqp10`',
      ...['jmsConnectioninitialContextFactory', 'jmsConnectionProviderUrl', 'jmsConnectionUsername', 'jmsConnectionPassword'].map(realtime),
    )
  }
  if (feeds.length > 0) project.revocation = { feeds, onStale: { after: '2m', action: 'deny' } }
}

function importEventHub(conf: Configuration): void {
  const hub = 'write the applications into a file, `subscriptions`, or have tokens name them: docs/security/subscriptions.md'
  if (conf.boolean('apim.eventHub.enable', false)) conf.rest('not-supported', 'apim', hub)
  else conf.rest('carried', 'apim', 'off')
  const throttling =
    'limits of the gateway’s own are exact in one process, and over several with `throttling: { store: redis }`: docs/throttling.md'
  conf.rest(
    conf.boolean('throttlingConfig.enabledGlobalTMEventPublishing', false) ? 'not-supported' : 'carried',
    'throttlingConfig',
    conf.boolean('throttlingConfig.enabledGlobalTMEventPublishing', false) ? throttling : 'the gateway counts by itself',
  )
}
