import { isProto } from '../../model/grpc-backend.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** The table's hint is about OpenAPI. */
const forProto = 'Say `security: token` or `security: public` in the policy file (`apis[].policy`), or `apis[].security` in postern.yaml.'

export const rule: Rule = ({ project, report }) => {
  for (const api of project.apis) {
    for (const operation of api.operations) {
      if (operation.security.kind !== 'unsaid') continue
      report(
        'unsecured-operation',
        operation.security.at,
        `nothing says what ${quoted(`${operation.method} ${operation.template}`)} asks of its callers`,
        isProto(api.definition) ? forProto : undefined,
      )
    }
  }
}
