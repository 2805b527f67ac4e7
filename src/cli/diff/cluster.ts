/** What a project gives its gateway in a cluster, which no bundle holds: values of settings, ways out, replicas. */
import { isDeepStrictEqual } from 'node:util'
import type { Kubernetes } from '../../compiler/model/types/kubernetes.ts'
import { reference } from '../../compiler/plan/source-reference.ts'
import { differ, type Where } from './comparison.ts'
import type { Difference } from './difference.ts'
import { written } from './leaves.ts'

/** `undefined`: a bundle, of which nobody knows. */
export type Cluster = Kubernetes | null | undefined

export function clusterDifferences(before: Cluster, after: Cluster, whole: Where): readonly Difference[] {
  if (before === undefined || after === undefined) return []
  const where = { ...whole, rule: 'kubernetes', of: 'manifests of Kubernetes' }
  return [
    ...settingDifferences(before, after, where),
    ...(before === null || after === null ? [] : memberDifferences(before, after, where)),
  ]
}

/** Where requests go and what is believed are settings. */
function settingDifferences(before: Kubernetes | null, after: Kubernetes | null, where: Where): readonly Difference[] {
  const [old, now] = [before?.settings ?? new Map(), after?.settings ?? new Map()] as const
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name: string) => {
    const [was, is] = [old.get(name), now.get(name)]
    const at = { before: was === undefined ? null : reference(was.at), after: is === undefined ? null : reference(is.at) }
    return was?.value === is?.value
      ? []
      : differ(['weakening', `the setting ${written(name)} is ${written(is?.value ?? null)}, and was ${written(was?.value ?? null)}`], {
          ...where,
          ...at,
          rule: `${where.rule}.settings`,
        })
  })
}

/** No more is asked of anybody but the cluster. */
const capacities: ReadonlySet<string> = new Set(['replicas', 'resources'])

function memberDifferences(before: Kubernetes, after: Kubernetes, where: Where): readonly Difference[] {
  const places = { before: reference(before.at), after: reference(after.at) }
  return Object.keys(after)
    .filter((name) => name !== 'at' && name !== 'settings')
    .filter((name) => !isDeepStrictEqual(withoutPlaces(Reflect.get(before, name)), withoutPlaces(Reflect.get(after, name))))
    .flatMap((name) =>
      differ([capacities.has(name) ? 'capacity' : 'weakening', `\`kubernetes.${name}\` is another`], {
        ...where,
        ...places,
        rule: `${where.rule}.${name}`,
      }),
    )
}

/** Lines move without a meaning. */
function withoutPlaces(value: unknown): unknown {
  if (value instanceof Map) return [...value].map(withoutPlaces)
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, each]) => (name === 'at' ? [] : [[name, withoutPlaces(each)]])))
}
