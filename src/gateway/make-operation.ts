/** An operation of the plan as it is served: with its steps, backends and fields. */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import type { OpenCors } from './capabilities/cors.ts'
import type { RequestFields } from './http1/request-fields.ts'
import { limitedResponseFields, responseFields } from './http1/response-fields.ts'
import type { BackendTarget, Operation } from './operation.ts'
import { type StepMakers, stepsFor } from './pipeline.ts'
import type { Backend } from './upstream/backend.ts'

export function makeOperation(
  operation: OperationPlan,
  index: number,
  plan: GatewayPlan,
  upstreams: readonly Backend[],
  fields: RequestFields,
  makers: StepMakers,
  openCors: OpenCors | null,
): Operation {
  const basePathLength = operation.keyManager === null ? plan.apis[operation.api]!.basePath.length : operation.template.length
  const target = (backend: OperationPlan['production']): BackendTarget | null => {
    if (backend === null) return null
    const upstream = upstreams[backend.upstream]!
    return { upstream, pathPrefix: upstream.origin.pathPrefix, basePathLength }
  }
  const production = target(operation.production)
  const sandbox = target(operation.sandbox)
  const tokenHeader = tokenHeaderOf(operation)
  const credentialField = tokenHeader === null ? -1 : fields.credentialSlots.get(tokenHeader)!
  const cors = openCors?.of(operation) ?? null
  const { limited } = operation
  return {
    index,
    plan: operation,
    steps: stepsFor(operation, production, sandbox, makers, fields, cors),
    credentialField,
    bodyIdle: operation.bodyIdle || Number.POSITIVE_INFINITY,
    streamIdle: operation.streamIdle || Number.POSITIVE_INFINITY,
    cors,
    answerFields: cors?.answerFields(limited) ?? (limited ? limitedResponseFields : responseFields),
    production,
    sandbox,
  }
}

/** `null` where no token is asked for. */
function tokenHeaderOf({ security }: OperationPlan): string | null {
  if (security.kind === 'token') return security.header
  return security.kind === 'credentials' && security.alternatives.some(({ token }) => token !== null) ? security.header : null
}
