import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { operations } of project.apis) {
    for (const { identity, production, sandbox } of operations) {
      if (identity.credential?.value !== true) continue
      const backend = [production, sandbox].find((each) => each !== null && each.value.credential !== null)
      if (backend === undefined || backend === null) continue
      const message = `the backend at ${backend.at.file}:${backend.at.line} has a credential of the gateway’s own, and would get the caller’s as well`
      report('conflicting-extensions', identity.credential.at, message)
    }
  }
}
