/** Ports, and whether the gateway can do without certificates of its own. */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { ListenPlan } from '../../contract/plan.ts'
import type { Project } from '../model/model.ts'
import type { OrderedOperation } from './ordered-operations.ts'

/** `operations[i]` is what `plans[i]` was made of. */
export function planListen(project: Project, operations: readonly OrderedOperation[], plans: readonly OperationPlan[]): ListenPlan {
  const { http, https, admin } = project.listen
  const because = operations.flatMap(({ api }, index) => reasons(project, plans[index]!).map((reason) => `${api.definition}: ${reason}`))
  if (https.at !== null) because.unshift('postern.yaml: listen.https')
  return { http, https: https.value, httpsRequiredBy: [...new Set(because)], admin }
}

/** TLS may end at a trusted proxy in front; without one, nobody would reach an operation that asks for it. */
function reasons({ trustedProxies, clientCertificates }: Project, { transport, certificate }: OperationPlan): readonly string[] {
  const proxied = trustedProxies.length > 0
  const handedOn = proxied && (clientCertificates?.header ?? null) !== null
  return [
    ...(transport === 'https' && !proxied
      ? ['x-wso2-transports is [https], and postern.yaml has no trustedProxies in front that take https']
      : []),
    ...(certificate !== 'unused' && !handedOn
      ? ['asks for client certificates, and postern.yaml has no trustedProxies that hand them on in clientCertificates.header']
      : []),
  ]
}
