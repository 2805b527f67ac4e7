import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Without them a proof is held against the `Host` that its sender wrote. */
export const rule: Rule = ({ project, report }) => {
  if (project.publicOrigins.length > 0) return
  for (const { issuer, senderConstrained } of project.issuers) {
    if (senderConstrained?.dpop !== true) continue
    const message = `tokens of ${quoted(issuer)} are taken with proofs (DPoP), and postern.yaml has no \`publicOrigins\`: a proof that was made for another server passes under its \`Host\``
    report('no-public-origins', senderConstrained.at, message)
  }
}
