import { projectFileName } from '../../model/project-file.ts'
import { holdsPassword } from '../../model/project-texts.ts'
import { backendsOf, sampleUrl, writtenText } from '../backend-urls.ts'
import type { Rule } from '../rule.ts'

export const rule: Rule = ({ project, report }) => {
  for (const { value, at } of new Set(backendsOf(project))) {
    if (holdsPassword(writtenText(value, project.settings))) {
      // postern.yaml's own texts are all looked at when it is read.
      if (at.file !== projectFileName)
        report('secret-in-file', at, 'the backend address holds a password, which would be baked into the gateway')
      continue
    }
    const problem = findProblem(sampleUrl(value, project.settings))
    if (problem !== null) report('invalid-backend', at, `the backend address ${problem}`)
  }
}

/** What is wrong with an address, without repeating it: it may hold a credential. */
function findProblem(text: string): string | null {
  if (!/^https?:\/\//i.test(text)) return 'is not an absolute http or https URL'
  if (/[\s\\\u0000-\u001f\u007f]/.test(text)) return 'holds white space, a backslash or a control character'
  if (/[{}]/.test(text)) return 'holds a variable or setting that is not resolved'
  if (!URL.canParse(text)) return 'is malformed'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?#]*@/i.test(text)) return 'holds a user'
  if (text.includes('#')) return 'holds a fragment'
  if (text.includes('?')) return 'holds a query'
  // `http://http://backend` has the host `http`, an empty port and a path.
  if (/^https?:\/\/[^/]*:(?:\/|$)/i.test(text)) return 'has a colon without a port'
  if (!/^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/.test(url.hostname)) return 'has a host name with characters that no host name has'
  if (/%(?![0-9a-f]{2})/i.test(text)) return 'has a path with a `%` that begins no escape'
  return url.port === '0' ? 'has the port 0' : null
}
