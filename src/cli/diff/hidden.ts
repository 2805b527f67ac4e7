/**
 * What a manifest does not show and two gateways may differ in all the same: which API keys and passwords they know, what is revoked from the
 * start, and the code itself.
 */
import { isDeepStrictEqual } from 'node:util'
import { digestOf } from '../../compiler/digest.ts'
import type { Manifest } from '../../contract/manifest.ts'
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { type GatewayText, takeApart } from '../selftest/embedded-plan.ts'
import type { Cluster } from './cluster.ts'
import { differ, type Where } from './comparison.ts'
import type { Difference } from './difference.ts'

export type WholeGateway = {
  readonly manifest: Manifest
  /** Text of gateway.mjs. */
  readonly gateway: string
  readonly cluster?: Cluster
}

/**
 * @param seen what the manifests differ in.
 * @param now what has expired by then, is no loss.
 */
export function hiddenDifferences(
  before: WholeGateway,
  after: WholeGateway,
  seen: readonly Difference[],
  now: Date,
): readonly Difference[] {
  if (before.gateway === after.gateway) return []
  const [old, next] = [takeApart(before.gateway), takeApart(after.gateway)]
  const where = {
    rule: '',
    of: 'gateway',
    before: null,
    after: null,
    manifests: { before: before.manifest, after: after.manifest },
  }
  const found = [...replacedSecrets(old.plan, next.plan, where), ...snapshotDifferences(old.plan, next.plan, now, where)]
  return [...found, ...unseen(old.plan, next.plan, [...seen, ...found], where), ...engineDifferences(engineOf(old), engineOf(next), where)]
}

/** The same id with another digest is somebody else's secret. */
function replacedSecrets(before: GatewayPlan, after: GatewayPlan, where: Where): readonly Difference[] {
  const replaced = <T>(
    old: readonly T[],
    now: readonly T[],
    name: (each: T) => string,
    secret: (each: T) => unknown,
  ): readonly string[] => {
    const known = new Map(old.map((each) => [name(each), secret(each)]))
    return now.filter((each) => known.has(name(each)) && !isDeepStrictEqual(known.get(name(each)), secret(each))).map(name)
  }
  const keys = replaced(
    before.apiKeys,
    after.apiKeys,
    ({ id }) => id,
    ({ digest }) => digest,
  )
  const users = replaced(
    before.users,
    after.users,
    ({ name }) => name,
    ({ password }) => password,
  )
  return [
    ...keys.flatMap((id) =>
      differ(['weakening', 'the API key was replaced by another with the same id'], {
        ...where,
        rule: 'plan.apiKeys',
        of: `API key ${id}`,
      }),
    ),
    ...users.flatMap((name) =>
      differ(['weakening', 'the password, or its digest, is another'], { ...where, rule: 'plan.users', of: `user ${name}` }),
    ),
  ]
}

function snapshotDifferences(before: GatewayPlan, after: GatewayPlan, now: Date, whole: Where): readonly Difference[] {
  const where = { ...whole, rule: 'plan.revocation.snapshot' }
  const key = (entry: RevokedPlan): string => JSON.stringify([entry.kind, entry.name, entry.issuer, entry.before])
  const [old, next] = [before, after].map(({ revocation }) => new Map((revocation?.snapshot ?? []).map((entry) => [key(entry), entry])))
  const gone = [...old!.values()].filter((entry) => !next!.has(key(entry)))
  const lost = gone.filter(({ expires }) => expires === null || expires * 1000 > now.getTime())
  const sooner = [...next!.values()].filter((entry) => {
    const was = old!.get(key(entry))
    return was !== undefined && (entry.expires ?? Infinity) < (was.expires ?? Infinity)
  })
  const added = [...next!.keys()].filter((each) => !old!.has(each)).length
  return [
    ...(lost.length === 0 ? [] : differ(['weakening', `${lost.length} entries of the snapshot are revoked no more`], where)),
    ...(sooner.length === 0 ? [] : differ(['weakening', `${sooner.length} entries of the snapshot end sooner`], where)),
    ...(gone.length === lost.length ? [] : differ(['harmless', `${gone.length - lost.length} entries of the snapshot had expired`], where)),
    ...(added === 0 ? [] : differ(['harmless', `${added} more entries are revoked from the start`], where)),
  ]
}

/** Plans that differ though the manifests say the same: the manifest is not told what, so nobody knows what it means. */
function unseen(before: GatewayPlan, after: GatewayPlan, seen: readonly Difference[], where: Where): readonly Difference[] {
  if (seen.some(({ rule }) => !provenance.has(rule) && !labels.has(rule))) return []
  const told = new Set(seen.map(({ rule }) => rule).filter((rule) => labels.has(rule)))
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => !told.has(name) && !isDeepStrictEqual(Reflect.get(before, name), Reflect.get(after, name)),
  )
  return names.flatMap((name) =>
    differ(['weakening', `the plans differ in \`${name}\`, and the manifests do not say how`], { ...where, rule: `plan.${name}` }),
  )
}

const provenance: ReadonlySet<string> = new Set(['digest', 'compiler', 'node', 'inputs', 'capabilities', 'files'])

/** Members that have the same name in the plan, and explain nothing else in it: every release has another version. */
const labels: ReadonlySet<string> = new Set(['name', 'version'])

/** The code without the digest of its manifest, which another plan has another of. */
function engineOf({ before, after }: GatewayText): string {
  return `${before}${after}`.replace(/^(\/\/ postern:manifest-digest\nvar [\w$]+ = ).*$/m, '$1')
}

/** The same version of Postern with the same parts writes the same code around a plan. */
function engineDifferences(before: string, after: string, where: Where): readonly Difference[] {
  const { before: old, after: next } = where.manifests
  const parts = ({ compiler, capabilities, extensions }: Manifest): unknown => [compiler, capabilities, extensions?.modules]
  if (before === after || !isDeepStrictEqual(parts(old), parts(next))) return []
  const text = `the code of the gateway is another (${digestOf(before)} before, ${digestOf(after)} now), though both say that the same version of Postern built them`
  return differ(['weakening', text], { ...where, rule: 'engine' })
}
