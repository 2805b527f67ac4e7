import { isIP } from 'node:net'
import type { Issuer, Project } from '../../model/model.ts'
import { withDefaults } from '../../model/setting-text.ts'
import { beginsWithHttp, cleartextHost } from '../backend-urls.ts'
import { quoted } from '../quoted.ts'
import type { Rule } from '../rule.ts'

/** Keys that are fetched: over a connection that nobody can change, and said in words, because the file is then not the whole gateway. */
export const rule: Rule = ({ project, report }) => {
  for (const { issuer, fetchedKeys } of project.issuers) {
    if (fetchedKeys === null) continue
    const problem = findProblem(fetchedKeys, project)
    if (problem !== null) report('invalid-project', fetchedKeys.url.at, `the address of the key set ${problem}`, 'Give an https URL.')
    if (fetchedKeys.authorities.length > 0 && beginsWithHttp(fetchedKeys.url.value, project.settings)) {
      report('invalid-project', fetchedKeys.at, '`authorities` have no effect on an `http` address')
    }
    const message = `the keys of ${quoted(issuer)} are fetched while the gateway runs: not its file alone decides whose tokens it takes, but whoever answers at that address as well`
    report('fetched-keys', fetchedKeys.at, message)
  }
}

/** As far as it is known before the settings are; the gateway looks again. The address is not repeated. */
function findProblem({ url }: NonNullable<Issuer['fetchedKeys']>, { settings }: Project): string | null {
  const host = cleartextHost(url.value, settings)
  if (host !== null && !isLoopback(host)) return 'is plain http: whoever is on the way could put in keys of their own'
  const text = withDefaults(url.value, settings)
  if (text === null) return null
  const parsed = URL.parse(text)
  if (parsed === null || !/^https?:\/\/[^\s/\\]/i.test(text) || /[\s\\]/.test(text)) return 'is not an absolute https URL'
  if (parsed.username !== '' || parsed.password !== '') return 'holds a user'
  return parsed.hash === '' && !text.includes('#') ? null : 'holds a fragment'
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '')
  return isIP(bare) === 4 ? bare.startsWith('127.') : ['::1', 'localhost'].includes(bare) || bare.endsWith('.localhost')
}
