/** A whole manifest. Every member has its rule; the types ask for it. */
import type { Manifest } from '../../../contract/manifest.ts'
import { describeBytes, describeMilliseconds } from '../../described-rules.ts'
import { type Compare, members, named, optional } from '../comparison.ts'
import { amount, another, changed, flag, listed, place, written } from '../leaves.ts'
import { apiKeys, applications, clientCertificates, users } from './holders.ts'
import { apiKeyIssuers, issuers } from './issuers.ts'
import { throttling } from './limits.ts'
import { operations } from './operations.ts'
import { deny, revocation } from './revocation.ts'

const count = (what: string): Compare<number> => amount({ what, raised: 'capacity', lowered: 'breaking' })
const size = (what: string): Compare<number> => amount({ what, raised: 'capacity', lowered: 'breaking', write: describeBytes })
const time = (what: string, unbounded?: number): Compare<number> =>
  amount({ what, raised: 'capacity', lowered: 'breaking', write: describeMilliseconds, ...(unbounded === undefined ? {} : { unbounded }) })

const listeners: Compare<Manifest['listeners']> = members<Manifest['listeners']>({
  http: changed('breaking', 'the port for http'),
  https: changed('breaking', 'the port for https'),
  httpsRequiredBy: named({
    key: (reason) => reason,
    added: (reason) => ['breaking', `the gateway does not start without certificates: ${reason}`],
    gone: (reason) => ['weakening', `the gateway may start without certificates, as this is gone: ${reason}`],
    both: changed('weakening', 'why the gateway needs certificates'),
  }),
  admin: changed('harmless', 'the port for the operator'),
  trustedProxies: listed({ what: 'the trusted proxy', added: 'weakening', gone: 'breaking' }),
  publicOrigins: listed({ what: 'the public origin of the gateway', added: 'weakening', gone: 'breaking' }),
})

type Setting = Manifest['settings'][number]

const settings: Compare<readonly Setting[]> = named<Setting>({
  key: ({ name }) => name,
  of: ({ name }) => `setting ${name}`,
  added: ({ required }) => ['harmless', required ? 'the setting is new, and the gateway does not start without it' : 'the setting is new'],
  gone: () => ['harmless', 'the setting is gone'],
  both: members<Setting>({
    name: changed('weakening', 'the name of the setting'),
    required: flag(['harmless', 'the gateway does not start without it'], ['weakening', 'the gateway starts without it']),
    default: changed('weakening', 'the default'),
    usedFor: listed({ what: 'the use for', added: 'harmless', gone: 'harmless' }),
  }),
})

type Api = Manifest['apis'][number]

const apis: Compare<readonly Api[]> = named<Api>({
  key: ({ name }) => name,
  of: ({ name }) => `API ${name}`,
  added: () => ['harmless', 'the API is new; its operations are listed by themselves'],
  gone: () => ['breaking', 'the API is gone'],
  both: members<Api>({
    name: changed('breaking', 'the name of the API'),
    version: (before, after, where) => {
      const { operations: all } = where.manifests.after
      const matters = all.some(({ subscription }) => subscription !== null)
      return changed<string>(matters ? 'breaking' : 'harmless', 'the version of the API')(before, after, where)
    },
    basePath: changed('breaking', 'the base path'),
    basePathAt: place,
    definition: changed('harmless', 'the file of the definition'),
    operations: changed('harmless', 'the number of operations', String),
  }),
})

type Extensions = NonNullable<Manifest['extensions']>
type Module = Extensions['modules'][number]
type Import = Module['imports'][number]

const extensions: Compare<Extensions | null> = optional(
  () => ['weakening', 'modules of the project’s own decide about requests'],
  () => ['weakening', 'modules of the project’s own decide about requests no more'],
  members<Extensions>({
    timeoutMilliseconds: time('the time that a module of the project’s own may take'),
    modules: named<Module>({
      key: ({ step }) => step,
      of: ({ step }) => `extension ${step}`,
      added: ({ file }) => ['weakening', `the module ${written(file)} decides`],
      gone: ({ file }) => ['weakening', `the module ${written(file)} decides no more`],
      both: members<Module>({
        step: changed('weakening', 'what the module decides'),
        file: changed('harmless', 'the file of the module'),
        digest: another('weakening', 'the module is another: read it'),
        imports: named<Import>({
          key: ({ file }) => file,
          added: ({ file }) => ['weakening', `the module imports ${written(file)}`],
          gone: ({ file }) => ['weakening', `the module imports ${written(file)} no more`],
          both: members<Import>({
            file: changed('weakening', 'the file'),
            digest: another('weakening', 'what the module imports is another: read it'),
          }),
        }),
        at: place,
      }),
    }),
  }),
)

type BackendToken = NonNullable<Manifest['backendToken']>

const backendToken: Compare<BackendToken | null> = optional(
  ({ header }) => ['harmless', `backends may be told by a token in ${written(header)} who calls`],
  ({ header }) => ['weakening', `backends are told by the token in ${written(header)} who calls no more`],
  members<BackendToken>({
    header: changed('weakening', 'the field of the token for backends'),
    key: changed('weakening', 'the key of the token for backends'),
    algorithm: changed('weakening', 'the algorithm of the token for backends'),
    issuer: changed('weakening', 'the issuer of the token for backends'),
    audiences: changed('weakening', 'the audiences of the token for backends'),
    dialect: changed('weakening', 'the dialect of claims for backends'),
    claims: changed('weakening', 'the claims that are handed on to backends'),
    lifetimeSeconds: amount({ what: 'the lifetime of the token for backends, in seconds,', raised: 'weakening', lowered: 'harmless' }),
    at: place,
  }),
)

type Field = Manifest['consumerFields'][number]

const consumerFields: Compare<readonly Field[]> = named<Field>({
  key: ({ name }) => name.toLowerCase(),
  added: ({ name, value }) => ['harmless', `backends may be told ${written(value)} in the field ${written(name)}`],
  gone: ({ name }) => ['weakening', `backends are told the field ${written(name)} no more`],
  both: members<Field>({
    name: changed('harmless', 'the spelling of a field for backends'),
    value: changed('weakening', 'what a field tells backends'),
  }),
})

type Waiver = Manifest['waivers'][number]

const waivers: Compare<readonly Waiver[]> = named<Waiver>({
  key: ({ rule, pointer }) => `${rule} ${pointer}`,
  added: ({ rule, pointer, reason }) => ['weakening', `${written(rule)} is waived at ${written(pointer)}: ${reason}`],
  gone: ({ rule, pointer }) => ['harmless', `${written(rule)} is waived at ${written(pointer)} no more`],
  both: members<Waiver>({
    rule: changed('weakening', 'what is waived'),
    pointer: changed('weakening', 'where it is waived'),
    reason: changed('harmless', 'why it is waived'),
    until: (before, after, where) =>
      changed<string>(after > before ? 'weakening' : 'harmless', 'the last day of a waiver')(before, after, where),
    at: place,
  }),
})

/** How the gateway was made: what that does to its policy is said by the policy. */
const provenance = (text: string): Compare<unknown> => another<unknown>('harmless', text)
const files = 'the list of files, or one of them, is another'

export const gateway: Compare<Manifest> = members<Manifest>({
  digest: provenance('the gateway is another file'),
  format: changed('weakening', 'the form of the manifest', String),
  name: changed('harmless', 'the name of the gateway'),
  version: changed('harmless', 'the version of the gateway'),
  compiler: provenance('it was built by another version of Postern or esbuild: read what the release says'),
  node: provenance('it runs on another version of Node'),
  inputs: provenance(`of what it was made, ${files}`),
  capabilities: provenance('it has other optional parts'),
  listeners,
  errors: changed('breaking', 'the form of refusals'),
  bounds: members<Manifest['bounds']>({
    maxHead: size('the head of a request'),
    maxFields: count('the number of fields'),
    maxTarget: size('the target of a request'),
    maxConnections: count('the number of client connections'),
    maxUpstreamConnections: count('the number of connections to one backend'),
    maxUpstreamWaiting: count('the number of exchanges that wait for a connection to a backend'),
    maxTunnels: count('the number of tunnels to one backend'),
  }),
  timeouts: members<Manifest['timeouts']>({
    head: time('the time for the head of a request'),
    bodyIdle: time('how long a body may rest'),
    keepAlive: time('how long a client connection may rest'),
    connect: time('the time for a connection to a backend'),
    upstreamIdle: time('how long a connection to a backend may rest'),
    upstreamLife: time('how long a connection to a backend may live', 0),
  }),
  waivers,
  settings,
  apis,
  issuers,
  apiKeys,
  apiKeyIssuers,
  users,
  applications,
  extensions,
  revocation,
  deny,
  throttling,
  backendToken,
  consumerFields,
  clientCertificates,
  // The same stands beside the operations that have them.
  backends: provenance('the list of backends is another'),
  operations,
  files: provenance(`beside the gateway, ${files}`),
})
