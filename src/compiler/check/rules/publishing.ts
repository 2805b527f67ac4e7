import type { Rule } from '../rule.ts'

/** What is revoked through the gateway is published where the project says so, and a project that says nothing hears of it. */
export const rule: Rule = ({ project, complete, report }) => {
  const feeds = project.revocation?.feeds ?? []
  const publishable = feeds.filter(({ value }) => 'publish' in value)
  const publishing = feeds.filter(({ value }) => 'publish' in value && value.publish)
  const [revoking] = project.apis.flatMap(({ operations }) => operations).filter(({ keyManager }) => keyManager?.endpoint === 'revoke')
  if (revoking === undefined) {
    for (const { at } of complete ? publishing : []) {
      const problem = '`publish` is for what is revoked through the gateway, and nothing is'
      report('invalid-project', at, problem, 'Name `passThrough.revoke` of an issuer, or leave it out.')
    }
  } else if (publishable.length > 0 && !feeds.some(({ saysPublish }) => saysPublish)) {
    const problem = 'what is revoked through the gateway is not published: other gateways do not hear of it'
    report('revocation-unpublished', publishable[0]!.at, problem)
  }
}
