import type { Placed } from '../../model/model.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project: { backendToken, consumerFields, apis }, report }) => {
  const asksFor = (said: Placed<boolean> | null, key: string, there: boolean): void => {
    if (said?.value === true && !there) report('no-backend-token', said.at, `postern.yaml has no \`${key}\``)
  }
  for (const { operations } of apis) {
    for (const { identity } of operations) {
      asksFor(identity.token, 'backendToken', backendToken !== null)
      asksFor(identity.fields, 'consumerFields', consumerFields !== null)
    }
  }
}
