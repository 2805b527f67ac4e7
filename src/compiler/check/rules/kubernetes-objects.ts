import type { Project } from '../../model/model.ts'
import { isFreeInPod, keptFolder } from '../../model/pod-folders.ts'
import type { Kubernetes } from '../../model/types/kubernetes.ts'
import { quoted } from '../quoted.ts'
import type { Rule, RuleContext } from '../rule.ts'

/** What the API server of a cluster would not take, or could not do. */
export const rule: Rule = (context) => {
  const { project, complete, report } = context
  if (project.kubernetes === null || !complete) return
  // Names of Services are made of it (RFC 1035, section 2.3.1).
  if (!/^[a-z].{0,49}$/.test(project.name))
    report('invalid-project', project.kubernetes.at, 'for Kubernetes `name` begins with a letter and has up to 50 characters')
  if (project.kubernetes.route !== null) judgeBasePaths(context)
  judgeKeptFolder(context, project.kubernetes)
}

/** As the Gateway API has paths. */
function judgeBasePaths({ project, report }: RuleContext): void {
  for (const { basePath } of project.apis) {
    if (!/\/\/|%2F/i.test(basePath.value)) continue
    const message = `no HTTPRoute can have the base path ${quoted(basePath.value)}: it holds \`//\` or \`%2F\``
    report('invalid-project', basePath.at, message, 'Change it, or leave `kubernetes.route` out.')
  }
}

function judgeKeptFolder({ project, report }: RuleContext, kubernetes: Kubernetes): void {
  const folder = keptFolder(project, kubernetes)
  if (folder === null || isFreeInPod(folder)) return
  const hint = 'Give an absolute path that is not below `/etc/postern`, such as `/var/lib/postern`.'
  report('kubernetes-settings', placeOfKept(project, kubernetes), `revocations cannot be kept in ${quoted(folder)} in a Pod`, hint)
}

function placeOfKept({ revocation }: Project, { settings, at }: Kubernetes): Kubernetes['at'] {
  const [given] = (revocation?.persist ?? []).flatMap((part) => (typeof part === 'string' ? [] : (settings.get(part.setting)?.at ?? [])))
  return given ?? revocation?.at ?? at
}
