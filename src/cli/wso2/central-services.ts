/** What the gateway learns from, and tells, other servers while it runs: revocations, throttling, analytics. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Configuration } from './configuration.ts'
import type { Imported } from './imported.ts'

export function importCentralServices(conf: Configuration, imported: Imported): void {
  importRevocation(conf, imported)
  importEventHub(conf)
  importThrottling(conf, imported)
  conf.rest('not-supported', 'analytics', 'analytics are not sent: use `/metrics` and the access log')
}

function importRevocation(conf: Configuration, { project }: Imported): void {
  const feeds: Json[] = []
  const realtime = (key: string): string => `tokenRevocationConfig.realtime.${key}`
  const persistent = (key: string): string => `tokenRevocationConfig.persistent.${key}`
  const type = conf.text(persistent('type')) ?? 'default'
  const lasting = conf.boolean(persistent('enablePersistentStorageRetrieval'), false)
  if (lasting && type === 'default') {
    const url = `\${REVOKED_LIST_URL:-${(conf.address(persistent('endpointURL')) ?? 'https://localhost:9443/internal/data/v1').replace(/\/$/, '')}/revokedjwt}`
    feeds.push({ type: 'list', url, username: '${REVOKED_LIST_USERNAME}', password: '${REVOKED_LIST_PASSWORD}' })
    conf.carried(
      'a feed of type `list`, with the setting REVOKED_LIST_URL',
      persistent('enablePersistentStorageRetrieval'),
      persistent('type'),
      persistent('endpointURL'),
    )
    if (conf.address(persistent('endpointURL')) !== conf.text(persistent('endpointURL')))
      conf.differs('the setting REVOKED_LIST_URL; user and password are settings of their own', persistent('endpointURL'))
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
}

/** The Traffic Manager that counts for all gateways. */
function importThrottling(conf: Configuration, { project }: Imported): void {
  const path = (key: string): string => `throttlingConfig.${key}`
  if (!conf.boolean(path('enabledGlobalTMEventPublishing'), false))
    return conf.rest('carried', 'throttlingConfig', 'the gateway counts by itself')
  const events = conf.address(path('throttleEndpointUrl')) ?? 'https://localhost:9443/endpoints'
  const data = conf.address(path('dataRetriever.serverUrl')) ?? 'https://localhost:9443/internal/data/v1'
  project.throttling = {
    store: 'trafficManager',
    whenAway: 'local',
    trafficManager: {
      events: { url: `\${TM_EVENTS_URL:-${events}}` },
      data: { url: `\${TM_DATA_URL:-${data}}` },
      username: '${TM_USERNAME}',
      password: '${TM_PASSWORD}',
      decisions: { url: '${TM_BROKER_URL}' },
    },
  }
  conf.carried('`throttling.store: trafficManager`', path('enabledGlobalTMEventPublishing'))
  conf.carried(
    '`throttling.trafficManager`, with the settings TM_EVENTS_URL and TM_DATA_URL',
    path('throttleEndpointUrl'),
    path('dataRetriever.serverUrl'),
  )
  conf.differs(
    'the settings TM_USERNAME and TM_PASSWORD at start',
    ...['throttleEndpointbase64Header', 'dataRetriever.username', 'dataRetriever.password'].map(path),
  )
  conf.differs(
    'the setting TM_BROKER_URL at start: amqps://user:password@host:port/carbon',
    ...['jmsConnectioninitialContextFactory', 'jmsConnectionProviderUrl', 'jmsConnectionUsername', 'jmsConnectionPassword'].map(path),
  )
  for (const flag of ['enableHeaderConditions', 'enableQueryParamConditions', 'enableJwtClaimConditions']) {
    if (conf.boolean(path(flag), false))
      conf.unsupported('fields, parameters and claims are not told to the Traffic Manager: docs/throttling.md', path(flag))
    else conf.carried('off', path(flag))
  }
  conf.rest('not-supported', path('binary'), 'events go over HTTP')
  conf.rest('differs', 'throttlingConfig', 'queues are bounded, and need no configuration')
}
