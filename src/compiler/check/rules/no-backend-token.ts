import type { Placed } from '../../model/types/placed.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project: { backendToken, consumerFields, extensions, apis }, report }) => {
  const asksFor = (said: Placed<boolean> | null, key: string, there: boolean): void => {
    if (said?.value === true && !there) report('no-backend-token', said.at, `postern.yaml has no \`${key}\``)
  }
  for (const { step, file } of extensions?.steps ?? []) {
    if (step === 'generateConsumerToken' && backendToken === null)
      report('no-backend-token', file.at, '`generateConsumerToken` makes the backend’s token, and postern.yaml has no `backendToken`')
  }
  for (const { operations } of apis) {
    for (const { identity } of operations) {
      asksFor(identity.token, 'backendToken', backendToken !== null)
      asksFor(identity.fields, 'consumerFields', consumerFields !== null)
    }
  }
}
