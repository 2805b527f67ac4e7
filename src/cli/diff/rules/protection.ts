/** Who may call an operation. Requirements are compared by whom they let in, and not by how they are written. */
import { isDeepStrictEqual } from 'node:util'
import type { ManifestOperation } from '../../../contract/manifest/operation.ts'
import { describeWay, describeWays } from '../../certificate/described-way.ts'
import { admitsAnybody, type Way, waysOf } from '../../certificate/ways.ts'
import { type Compare, differ, members, named, optional } from '../comparison.ts'
import type { Difference } from '../difference.ts'
import { type KnownMembers, unknownMember } from '../known-members.ts'
import { allowed, changed, flag, isAny, listed, place } from '../leaves.ts'
import { demandsBeyond } from '../way-demands.ts'
import { beyond } from '../way-implication.ts'

type Security = ManifestOperation['security']
type ClientCertificate = ManifestOperation['clientCertificate']
type Protected = Pick<ManifestOperation, 'security' | 'clientCertificate'>

/** What `waysOf` reads: all of it is compared together. */
const inWays = ['kind', 'alternatives', 'anonymous', 'certificateSuffices'] as const satisfies readonly (keyof Security)[]

const alternativeMembers: KnownMembers<Security['alternatives'][number]> = { credentials: true, issuers: true, certificate: true }

/** Everybody who may call now and might not before, and the reverse. */
export const protection: Compare<Protected> = (before, after, whole) => {
  const where = { ...whole, rule: `${whole.rule}.security`, before: before.security.at, after: after.security.at }
  const alternatives = [...before.security.alternatives, ...after.security.alternatives]
  const unknown =
    unknownMember(alternatives, alternativeMembers) ??
    unknownMember(
      alternatives.flatMap(({ credentials }) => credentials),
      { kind: true, scopes: true } satisfies KnownMembers<Security['alternatives'][number]['credentials'][number]>,
    )
  if (unknown !== null && !isDeepStrictEqual(before.security.alternatives, after.security.alternatives))
    return differ(['weakening', `it is not known what \`${unknown}\` means for whom is let in`], where)
  const [old, now] = [waysOf(before), waysOf(after)]
  const found: readonly Difference[] = [
    ...beyond(now, old).flatMap((way) => differ(['weakening', widened(way, old)], where)),
    ...beyond(old, now).flatMap((way) => differ(['breaking', narrowed(way, now)], where)),
  ]
  if (found.length > 0) return found
  if ((before.security.kind === 'public') !== (after.security.kind === 'public'))
    return after.security.kind === 'public'
      ? differ(['weakening', 'credentials are looked at no more: one that is bad passes'], where)
      : differ(['breaking', 'credentials are looked at: one that is bad is refused, though none is needed'], where)
  if (before.clientCertificate.asked !== after.clientCertificate.asked) return certificateAsked(after, where)
  return inWays.every((name) => isDeepStrictEqual(before.security[name], after.security[name]))
    ? []
    : differ(['harmless', 'what is asked for is written otherwise, and lets the same callers in'], where)
}

function widened(way: Way, old: readonly Way[]): string {
  if (admitsAnybody(way)) return `it is public: anybody may call, and before ${describeWays(old)} had to be there`
  const dropped = firstOf(old, (other) => demandsBeyond(other, way))
  return dropped === null
    ? `${describeWay(way)} suffices, and before ${describeWays(old)} had to be there`
    : `${dropped} is asked for no more: ${describeWay(way)} suffices`
}

function narrowed(way: Way, now: readonly Way[]): string {
  const added = firstOf(now, (other) => demandsBeyond(other, way))
  return added === null
    ? `${describeWay(way)} suffices no more: ${describeWays(now)} must be there`
    : `${added} is asked for as well: ${describeWay(way)} suffices no more`
}

function firstOf(ways: readonly Way[], words: (way: Way) => string | null): string | null {
  return ways.map(words).find((each) => each !== null) ?? null
}

function certificateAsked({ clientCertificate }: Protected, where: Parameters<typeof differ>[1]): readonly Difference[] {
  return clientCertificate.asked === 'unused'
    ? differ(['weakening', 'client certificates are looked at no more: one that is bad passes'], where)
    : differ(['breaking', 'a client certificate that is given must be good'], where)
}

const withTheWays: Compare<unknown> = () => []

/** What remains beside the ways: where credentials are, and what else is asked of them. */
export const security: Compare<Security> = members<Security>({
  kind: withTheWays,
  at: place,
  header: optional(
    (name) => ['weakening', `tokens are looked for in the field \`${name}\``],
    (name) => ['breaking', `tokens are looked for in the field \`${name}\` no more`],
    (before, after, where) =>
      before === after
        ? []
        : [
            ...differ(['weakening', `the token has moved: it is looked for in the field \`${after}\`, and was in \`${before}\``], where),
            ...differ(['breaking', `a token in the field \`${before}\` is not seen any more`], where),
          ],
  ),
  headerAt: place,
  issuersAt: place,
  dpop: flag(
    ['weakening', 'tokens that are bound to a key are accepted, with a proof'],
    ['breaking', 'tokens that are bound to a key are accepted no more'],
  ),
  anonymous: withTheWays,
  certificateSuffices: withTheWays,
  apiKeyPlaces: named<Security['apiKeyPlaces'][number]>({
    key: (each) => `${each.in} ${each.name}`,
    added: (each) => ['weakening', `API keys are looked for in the ${each.in} \`${each.name}\``],
    gone: (each) => ['breaking', `API keys are looked for in the ${each.in} \`${each.name}\` no more`],
    both: members<Security['apiKeyPlaces'][number]>({
      in: changed('weakening', 'the place of API keys'),
      name: changed('weakening', 'the name of the place of API keys'),
    }),
  }),
  alternatives: withTheWays,
})

export const clientCertificate: Compare<ClientCertificate> = members<ClientCertificate>({
  asked: withTheWays,
  at: place,
  holders: allowed(isAny, { what: 'the holder of a client certificate', added: 'weakening', gone: 'breaking' }),
  holdersAt: place,
})

/** Whose application must be subscribed. */
export const subscription: Compare<ManifestOperation['subscription']> = optional(
  () => ['breaking', 'callers need a subscription to the API'],
  () => ['weakening', 'callers need no subscription to the API any more'],
  members<NonNullable<ManifestOperation['subscription']>>({
    issuers: listed({ what: 'the need of a subscription for tokens of', added: 'breaking', gone: 'weakening' }),
    apiKeysAndUsers: flag(
      ['breaking', 'API keys and users need a subscription'],
      ['weakening', 'API keys and users need no subscription any more'],
    ),
    certificate: flag(
      ['breaking', 'certificates alone need a subscription'],
      ['weakening', 'certificates alone need no subscription any more'],
    ),
    at: place,
  }),
)
