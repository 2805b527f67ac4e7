/** The operations of a gateway: those that are new or gone, and what has changed for the others. */
import type { ManifestCors } from '../../../contract/manifest/cors.ts'
import type { ManifestOperation, ManifestParameter } from '../../../contract/manifest/operation.ts'
import type { ManifestUpgrade } from '../../../contract/manifest/upgrade.ts'
import { describeWays } from '../../certificate/described-way.ts'
import { waysOf } from '../../certificate/ways.ts'
import { describeBody, describeBytes, describeMilliseconds } from '../../described-rules.ts'
import { all, type Compare, differ, members, named, optional } from '../comparison.ts'
import { allowed, amount, changed, flag, isAny, listed, place, written } from '../leaves.ts'
import { nameOf, routeOf } from '../route-names.ts'
import { takenRequests } from '../taken-requests.ts'
import { backend } from './backends.ts'
import { callerLimits, concurrency, limits } from './limits.ts'
import { clientCertificate, protection, security, subscription } from './protection.ts'
import { staleRule } from './stale-rule.ts'

/** Milliseconds. */
function time(what: string, unbounded?: number): Compare<number> {
  return amount({
    what,
    raised: 'capacity',
    lowered: 'breaking',
    write: describeMilliseconds,
    ...(unbounded === undefined ? {} : { unbounded }),
  })
}

const extensionSteps = named<ManifestOperation['extensions'][number]>({
  key: (step) => step,
  added: (step) => ['weakening', `the project’s own module does \`${step}\`, and the gateway did`],
  gone: (step) => ['weakening', `the gateway does \`${step}\`, and the project’s own module did`],
  both: changed('weakening', 'the step of the project’s own'),
})

const cors: Compare<ManifestCors | null> = optional(
  ({ origins }) => [
    'weakening',
    `the gateway answers for CORS, and left it to the backend: ${origins === 'any' ? 'any origin' : origins.join(', ') || 'no origin'}`,
  ],
  () => ['weakening', 'CORS is left to the backend, and the gateway answered for it'],
  members<ManifestCors>({
    origins: allowed(isAny, { what: 'the origin', added: 'weakening', gone: 'breaking' }),
    headers: listed({ what: 'for pages of other origins, the request field', added: 'weakening', gone: 'breaking' }),
    expose: listed({ what: 'for pages of other origins, the answer field', added: 'weakening', gone: 'breaking' }),
    credentials: flag(
      ['weakening', 'pages of other origins may send credentials'],
      ['breaking', 'pages of other origins may send no credentials'],
    ),
    maxAgeSeconds: changed('harmless', 'how long browsers remember the answer to a preflight, in seconds,'),
    at: place,
  }),
)

type UpgradeLimit = NonNullable<ManifestUpgrade['limit']>

const upgrade: Compare<ManifestUpgrade | null> = optional(
  ({ protocol }) => ['weakening', `connections may leave HTTP for \`${protocol}\``],
  ({ protocol }) => ['breaking', `connections may leave HTTP for \`${protocol}\` no more`],
  members<ManifestUpgrade>({
    protocol: changed('weakening', 'the protocol for which connections may leave HTTP'),
    idleMilliseconds: time('how long a tunnel may rest', 0),
    lifeMilliseconds: time('how long a tunnel may live', 0),
    tokenProtocol: optional(
      (name) => ['weakening', `the token may come as the subprotocol after \`${name}\``],
      (name) => ['breaking', `the token may come as the subprotocol after \`${name}\` no more`],
      changed('weakening', 'the subprotocol after which the token comes'),
    ),
    maxFrameBytes: optional(
      () => ['weakening', 'frames are looked at otherwise: they have a greatest size'],
      () => ['weakening', 'frames have no greatest size any more'],
      amount({ what: 'the greatest frame', raised: 'capacity', lowered: 'breaking', write: describeBytes }),
    ),
    limit: optional(
      () => ['breaking', 'what a client sends through a tunnel is limited'],
      () => ['weakening', 'what a client sends through a tunnel is limited no more'],
      members<UpgradeLimit>({
        frames: amount({ what: 'the number of frames', raised: 'weakening', lowered: 'breaking', unbounded: 0 }),
        bytes: amount({
          what: 'the amount of bytes in frames',
          raised: 'weakening',
          lowered: 'breaking',
          unbounded: 0,
          write: describeBytes,
        }),
        perMilliseconds: amount({
          what: 'the time for frames and bytes',
          raised: 'breaking',
          lowered: 'weakening',
          write: describeMilliseconds,
        }),
      }),
    ),
    perConsumer: amount({ what: 'the number of tunnels of one consumer', raised: 'weakening', lowered: 'breaking', unbounded: 0 }),
    at: place,
  }),
)

const onStale: Compare<ManifestOperation['onStale']> = optional(
  ({ action }) =>
    action === 'deny'
      ? ['breaking', 'credentials are refused while a feed of revocations is stale']
      : ['harmless', 'a feed of revocations may be stale'],
  ({ action }) => [action === 'deny' ? 'weakening' : 'harmless', 'nothing is refused for a stale feed of revocations any more'],
  members<NonNullable<ManifestOperation['onStale']>>({
    ...staleRule,
    at: place,
  }),
)

/** The spelling of a field's name does not matter (RFC 9110, section 5.1). */
const parameters: Compare<readonly ManifestParameter[]> = named({
  key: ({ in: where, name }) => `${where} ${where === 'header' ? name.toLowerCase() : name}`,
  added: (each) =>
    each.required
      ? ['breaking', `${parameterName(each)} is new, and required`]
      : ['harmless', `${parameterName(each)} is new, and optional`],
  gone: (each) => ['breaking', `${parameterName(each)} is gone`],
  both: (before, after, where) =>
    members<ManifestParameter>({
      in: changed('breaking', 'the place of a parameter'),
      name: changed('harmless', 'the spelling of a parameter'),
      required: flag(['breaking', `${parameterName(after)} is required`], ['harmless', `${parameterName(after)} is optional`]),
      at: place,
    })(before, after, where),
})

function parameterName({ in: where, name }: ManifestParameter): string {
  return where === 'body' ? 'the body' : `the ${where} parameter ${written(name)}`
}

const transport: Compare<ManifestOperation['transport']> = members<ManifestOperation['transport']>({
  kind: (before, after, where) => {
    if (before === after) return []
    const weaker = differ(
      ['weakening', `clients may come by ${after === 'any' ? 'http and https' : after}, and only by ${before} before`],
      where,
    )
    const stricter = differ(
      ['breaking', `clients must come by ${after}, and might by ${before === 'any' ? 'http and https' : before}`],
      where,
    )
    if (after === 'any') return weaker
    return before === 'any' ? stricter : [...weaker, ...stricter]
  },
  at: place,
})

const identity: Compare<ManifestOperation['identity']> = members<ManifestOperation['identity']>({
  token: flag(['weakening', 'the backend is told by a token who calls'], ['weakening', 'the backend is told by a token who calls no more']),
  tokenAt: place,
  fields: flag(['weakening', 'the backend is told by fields who calls'], ['weakening', 'the backend is told by fields who calls no more']),
  fieldsAt: place,
  credential: flag(
    ['weakening', 'the backend gets the caller’s own credential'],
    ['breaking', 'the backend gets the caller’s own credential no more'],
  ),
  credentialAt: place,
})

/** An operation that is on both sides. */
const operation: Compare<ManifestOperation> = all(
  protection,
  members<ManifestOperation>({
    api: changed('breaking', 'the name of the API, by which callers are subscribed and counted,'),
    id: changed('harmless', 'the name in log and metrics'),
    method: changed('breaking', 'the method'),
    template: changed('harmless', 'the template'),
    at: place,
    parameters,
    security,
    clientCertificate,
    subscription,
    extensions: extensionSteps,
    transport,
    limits,
    concurrency,
    callerLimits,
    backends: members<ManifestOperation['backends']>({ production: backend('the backend'), sandbox: backend('the sandbox backend') }),
    maxBody: members<ManifestOperation['maxBody']>({
      bytes: amount({ what: 'the body that clients may send', raised: 'capacity', lowered: 'breaking', write: describeBody }),
      at: place,
    }),
    timeouts: members<ManifestOperation['timeouts']>({
      answerMilliseconds: time('the time in which an answer must begin'),
      answerAt: place,
      exchangeMilliseconds: time('the time for a whole exchange', 0),
      exchangeAt: place,
      bodyIdleMilliseconds: time('how long a body may rest', 0),
      streamIdleMilliseconds: time('how long a stream may rest', 0),
      idleAt: place,
    }),
    identity,
    upgrade,
    cors,
    keyManager: changed('weakening', 'the endpoint of a key manager that it is'),
    onStale,
  }),
)

const listedOperations: Compare<readonly ManifestOperation[]> = named({
  key: routeOf,
  of: nameOf,
  added: (each) =>
    each.security.kind === 'public'
      ? ['weakening', 'it is new, and public: anybody may call']
      : ['harmless', `it is new, for ${describeWays(waysOf(each))}`],
  gone: () => ['breaking', 'it is gone'],
  both: operation,
})

/** What holds now for requests that another operation took. */
const requestsTaken: Compare<readonly ManifestOperation[]> = (before, after, where) => {
  const taken = takenRequests(before, after)
  if (taken === null) return differ(['weakening', 'too many paths are new or gone to say which requests go another way'], where)
  return taken.flatMap(({ from, by, refused }) => {
    const here = { ...where, of: nameOf(by), before: from.at, after: by.at }
    if (refused) return differ(['breaking', `requests that ${nameOf(from)} took are refused with 405: this path is found first`], here)
    return operation(from, by, here)
      .filter((each) => each.class !== 'harmless')
      .map((each) => ({ ...each, text: `for requests that ${nameOf(from)} took: ${each.text}` }))
  })
}

export const operations: Compare<readonly ManifestOperation[]> = all(listedOperations, requestsTaken)
