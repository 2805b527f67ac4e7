import { decideEgress } from '../../model/egress.ts'
import type { Project } from '../../model/model.ts'
import { settingKinds } from '../../model/setting-kinds.ts'
import type { Kubernetes } from '../../model/types/kubernetes.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule, RuleContext } from '../rule.ts'

/** What manifests for a cluster could not say, or would say wrongly. */
export const rule: Rule = (context) => {
  const { project, complete, report } = context
  if (project.kubernetes === null || !complete) return
  judgeValues(context, project.kubernetes)
  judgeMissing(context, project.kubernetes)
  for (const { at, message, hint } of decideEgress(project, project.kubernetes).problems) report('kubernetes-egress', at, message, hint)
  judgeReplicas(context, project.kubernetes)
}

/** Of the settings that every gateway has; ports, addresses and certificates are the manifests' own. */
const commonSettings: ReadonlyMap<string, { readonly pattern: RegExp; readonly most: number; readonly expected: string }> = new Map([
  ['POSTERN_LOG_LEVEL', { pattern: /^(?:error|warn|info|debug)$/, most: 0, expected: 'error, warn, info or debug' }],
  ['POSTERN_DRAIN_SECONDS', { pattern: /^\d{1,4}$/, most: 3600, expected: 'a number of seconds from 0 to 3600' }],
  ['POSTERN_DRAIN_DELAY_SECONDS', { pattern: /^\d{1,4}$/, most: 3600, expected: 'a number of seconds from 0 to 3600' }],
  ['POSTERN_WORKERS', { pattern: /^[1-9]\d?$/, most: 64, expected: 'a number from 1 to 64' }],
])

function judgeValues({ project, report }: RuleContext, { settings }: Kubernetes): void {
  const kinds = settingKinds(project)
  for (const [name, { value, at }] of settings) {
    const common = commonSettings.get(name)
    if (common !== undefined) {
      const good = common.pattern.test(value) && (common.most === 0 || Number(value) <= common.most)
      if (!good) report('kubernetes-settings', at, `${quoted(name)} must be ${common.expected}`)
    } else if (!project.settings.has(name)) {
      const known = [...project.settings.keys(), ...commonSettings.keys()]
      report('kubernetes-settings', at, `${quoted(name)} is no setting that can be given here`, () => didYouMean(name, known))
    } else if (kinds.get(name) === 'secret') {
      report('kubernetes-settings', at, `${quoted(name)} is a secret`, 'Remove it: the manifests refer to a Secret for it.')
    }
  }
}

function judgeMissing({ project, report }: RuleContext, { settings, at }: Kubernetes): void {
  for (const [name, kind] of settingKinds(project)) {
    if (settings.has(name) || project.settings.get(name)?.default !== null) continue
    if (kind === 'plain') report('kubernetes-settings', at, `the setting ${quoted(name)} has no value`)
    if (kind === 'partOfPath')
      report(
        'kubernetes-settings',
        at,
        `a path is made of ${quoted(name)} and of more: no Secret can be put there`,
        'Make the path one setting.',
      )
  }
}

function judgeReplicas({ project, report }: RuleContext, { replicas: { max, at } }: Kubernetes): void {
  const { replicas, store } = project.throttling
  // While a new version is rolled out there is one more.
  const most = max + 1
  const counted = store !== null || project.apis.some(({ capacities }) => capacities.production !== null || capacities.sandbox !== null)
  if (counted && replicas < most) {
    const message = `up to ${most} gateways run at the same time here, and \`throttling.replicas\` is ${replicas}`
    report('kubernetes-replicas', at, message, `Say \`throttling: { replicas: ${most} }\`, or lower \`kubernetes.replicas.max\`.`)
  } else if (store === null && limits(project)) {
    report('counted-per-replica', at, `each gateway counts for itself: up to ${most} times what a limit says passes`)
  }
}

function limits({ apis, throttling, customLimits }: Project): boolean {
  const named = throttling.application !== null || throttling.subscription !== null || throttling.unauthenticated !== null
  const ofApis = apis.some(
    ({ throttle, hardLimits, operations }) =>
      throttle !== null ||
      hardLimits.production !== null ||
      hardLimits.sandbox !== null ||
      operations.some((each) => each.throttle !== null),
  )
  return named || ofApis || customLimits.length > 0
}
