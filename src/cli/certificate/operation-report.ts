/** One operation of the certificate: who may call it, what else holds, and where that is written. */
import type { ManifestIssuer } from '../../contract/manifest/issuer.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { describeIssuer } from '../described-rules.ts'
import { type Block, type Inline, say, ticked } from '../formats/document.ts'
import { operationRules } from '../operation-rules.ts'
import { describeWays, joined, quoted } from './described-way.ts'
import type { CertifiedOperation } from './policy-certificate.ts'
import { admitsAnybody } from './ways.ts'

/** Rules by the names that `postern explain` has for them. Those that are `null` are told in other words. */
const titles: Readonly<Record<string, string | null>> = {
  operation: null,
  API: null,
  security: null,
  issuer: null,
  certificate: 'Client certificate',
  extension: 'Step of the project’s own',
  subscription: 'Subscription',
  transport: 'Transport',
  token: 'Where the token is',
  'API key': 'Where the API key is',
  password: 'Where the password is',
  introspection: 'Key manager is asked',
  issuers: 'Accepted issuers',
  revocation: 'Revoked credentials',
  denied: 'Refused in any case',
  limit: 'Limit',
  backend: 'Backend',
  sandbox: 'Sandbox backend',
  told: 'The backend is told',
  body: 'Body',
  answer: 'Answer',
  exchange: 'Whole exchange',
  idle: 'Idle time',
  'key manager': 'Key manager',
  CORS: 'Pages of other origins',
  upgrade: 'Leaving HTTP',
}

export function operationBlocks(operation: CertifiedOperation, manifest: Manifest): readonly Block[] {
  // A long list is the same for all of them.
  const rules = operationRules(operation, { ...manifest, deny: [] }).flatMap(
    ([rule = '', text = '', at = '']): readonly (readonly Inline[])[] => {
      const title = Object.hasOwn(titles, rule) ? titles[rule]! : rule
      return title === null ? [] : [[[title], ticked(text), placed(at)]]
    },
  )
  return [
    { kind: 'heading', level: 3, text: say`${operation.method} ${operation.template}` },
    {
      kind: 'table',
      head: ['Rule', 'What holds', 'Written at'],
      rows: [
        [['Operation'], say`${operation.id}`, placed(operation.at)],
        [['Who may call'], whoMayCall(operation), placed(operation.security.at)],
        ...manifest.issuers
          .filter(({ issuer }) => operation.issuers.includes(issuer))
          .map((issuer) => [['Tokens'], tokensOf(issuer), placed(issuer.at)]),
        ...rules,
        ...(manifest.deny.length === 0
          ? []
          : [[['Refused in any case'], [`what one of the ${manifest.deny.length} entries of the deny list describes; see Denied`], ['']]]),
        ...exactness(operation, manifest).map((text) => [['How exactly limits hold'], ticked(text), ['']]),
      ],
    },
  ]
}

/** All ways in one sentence. */
export function whoMayCall({ ways }: CertifiedOperation): Inline {
  if (ways.length === 0) return ['Nobody: what is asked for cannot be met.']
  if (ways.every(admitsAnybody)) return ['Anybody, without a credential.']
  const known = `Whoever shows ${describeWays(ways.filter((way) => !admitsAnybody(way)))}.`
  return ticked(ways.some(admitsAnybody) ? `${known} Anybody without a credential as well; one that is shown must be good.` : known)
}

/** For whom tokens of an issuer must be, and what they must be signed with. */
function tokensOf(issuer: ManifestIssuer): Inline {
  const { audiences, keys, fetchedKeys, introspection, clockSkewSeconds } = issuer
  const audience = audiences === 'any' ? 'for any audience' : `for the audience ${joined(audiences.map(quoted), 'or')}`
  const named = keys.map(({ kid, algorithms, expires, thumbprint }) => {
    const id = kid === null ? `with the thumbprint ${quoted(thumbprint)}` : quoted(kid)
    return `${id} by ${joined(algorithms, 'or')}${expires === null ? '' : ` until ${expires}`}`
  })
  const signed = [
    ...(named.length === 0 ? [] : [`signed with the key${named.length === 1 ? '' : 's'} ${joined(named, 'or')}`]),
    ...(fetchedKeys === null
      ? []
      : [`signed by ${joined(fetchedKeys.algorithms, 'or')} with a key fetched from ${quoted(fetchedKeys.url)}`]),
    ...(introspection === null ? [] : [`called good by ${quoted(introspection.url)}`]),
  ]
  return ticked(
    `Of ${describeIssuer({ ...issuer, issuer: quoted(issuer.issuer) })}, ${audience}, ${joined(signed, 'or')}. Clocks may differ by ${clockSkewSeconds} s.`,
  )
}

/** Of all limits that hold here, each kind once. */
function exactness({ limits, callerLimits, keyManager }: CertifiedOperation, { throttling }: Manifest): readonly string[] {
  const { subscription, application, unauthenticated } = throttling ?? { subscription: null, application: null, unauthenticated: [] }
  const ofCallers = [...(subscription?.tiers ?? []), ...(application?.tiers ?? []), ...unauthenticated]
  const custom = keyManager === null ? (throttling?.custom ?? []).map(({ limit }) => limit) : []
  const texts = [...limits, ...(callerLimits ? ofCallers : []), ...custom].flatMap(({ windows }) =>
    windows.map(({ algorithm, exactness: text }) => `${quoted(algorithm)}: ${text}`),
  )
  return [...new Set(texts)]
}

function placed(at: string): Inline {
  return at === '' ? [''] : /:\d+$/.test(at) ? [{ code: at }] : [at]
}
