import type { Project } from '../../model/model.ts'
import type { Operation } from '../../model/types/operation.ts'
import type { Rule } from '../rule.ts'

/** RFC 9110 §9.3.8: the answer to TRACE is the request, so nothing may be in it that is not for the client. */
export const rule: Rule = ({ project, report }) => {
  for (const { operations, mutualTls } of project.apis) {
    for (const operation of operations) {
      if (operation.method !== 'TRACE') continue
      const told = whatIsTold(operation, operation.security.kind !== 'public' || mutualTls !== null, project)
      if (told !== null) report('trace-tells', operation.at, `the answer to TRACE is the request as the backend got it, with ${told}`)
    }
  }
}

function whatIsTold({ identity, production, sandbox }: Operation, knowsCallers: boolean, project: Project): string | null {
  const { token, fields, credential } = identity
  if ([production, sandbox].some((backend) => backend !== null && backend.value.credential !== null)) return 'the gateway’s credential'
  if (credential?.value === true) return 'the caller’s credential'
  if (!knowsCallers) return null
  if (project.backendToken !== null && token?.value !== false) return 'the backend token'
  if (project.consumerFields !== null && fields?.value !== false) return 'the fields of `consumerFields`'
  return null
}
