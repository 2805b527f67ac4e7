import type { RevokedPlan } from '../../../contract/plan/revocation.ts'
import type { Project } from '../../model/model.ts'
import { didYouMean } from '../did-you-mean.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Entries of the snapshot that bar nothing, because the project does not have what they name. */
export const rule: Rule = ({ project, complete, report }) => {
  // What could not be read has been reported.
  if (!complete || project.revocation === null) return
  const apiKeys = new Set((project.apiKeys ?? []).map(({ id }) => id))
  const issuers = new Set([...project.issuers, ...project.apiKeyIssuers].map(({ issuer }) => issuer))
  const allKeys = keyIds(project, null)
  const keysOf = new Map([...issuers].map((issuer) => [issuer, keyIds(project, issuer)]))

  function unknownName({ kind, name, issuer }: RevokedPlan): readonly [string, string, ReadonlySet<string>] | null {
    if (issuer !== null && !issuers.has(issuer)) return ['issuer', issuer, issuers]
    if (kind === 'api-key' && !apiKeys.has(name)) return ['API key', name, apiKeys]
    const keys = issuer === null ? allKeys : (keysOf.get(issuer) ?? null)
    return kind === 'key' && keys !== null && !keys.has(name) ? ['key', name, keys] : null
  }

  for (const entry of project.revocation.snapshot?.value ?? []) {
    const unknown = unknownName(entry.value)
    if (unknown === null) continue
    const [what, name, known] = unknown
    const message = `the entry bars nothing: the project has no ${what} ${quoted(name)}`
    report('revocation-useless', entry.at, message, () => didYouMean(name, known))
  }
}

/** Of one issuer, or of all; `null` where tokens may name others: keys that are fetched, and keys without an id. */
function keyIds({ issuers, apiKeyIssuers }: Project, name: string | null): ReadonlySet<string> | null {
  const named = [...issuers, ...apiKeyIssuers].filter(({ issuer }) => name === null || issuer === name)
  const ids = named.flatMap((issuer) =>
    'fetchedKeys' in issuer && issuer.fetchedKeys !== null ? [null] : issuer.keys.map(({ kid }) => kid),
  )
  const known = ids.filter((id) => id !== null)
  return known.length === ids.length ? new Set(known) : null
}
