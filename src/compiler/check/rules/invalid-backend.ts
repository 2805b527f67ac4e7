import { projectFileName } from '../../model/project-file.ts'
import { holdsPassword } from '../../model/project-texts.ts'
import type { BackendCredential } from '../../model/types/backend.ts'
import { backendsOf, beginsWithHttp, sampleUrl, writtenText } from '../backend-urls.ts'
import type { Rule, RuleContext } from '../rule.ts'

export const rule: Rule = (context) => {
  const { project, report } = context
  checkUpgrades(context)
  for (const { value, at } of new Set(backendsOf(project))) {
    checkTokenEndpoint(value.credential, context)
    if (holdsPassword(writtenText(value.url, project.settings))) {
      // postern.yaml's own texts are all looked at when it is read.
      if (at.file !== projectFileName)
        report('secret-in-file', at, 'the backend address holds a password, which would be baked into the gateway')
      continue
    }
    const problem = findProblem(sampleUrl(value.url, project.settings))
    if (problem !== null) report('invalid-backend', at, `the backend address ${problem}`)
    if (value.tls !== null && beginsWithHttp(value.url, project.settings)) {
      const hint = 'Give an https address, or leave `authorities`, `certificate`, `key` and `serverName` out.'
      report('invalid-backend', value.tls.at, 'certificates have no effect on an `http` address', hint)
    }
  }
}

/** What goes to a token endpoint is a secret, and what comes back too. */
function checkTokenEndpoint(credential: BackendCredential | null, { project, report }: RuleContext): void {
  if (credential?.plan.kind !== 'client-credentials') return
  const { url } = credential.plan.service
  if (holdsPassword(writtenText(url, project.settings))) {
    if (credential.at.file !== projectFileName)
      report('secret-in-file', credential.at, 'the address of the token endpoint holds a password, which would be baked into the gateway')
    return
  }
  const text = sampleUrl(url, project.settings).replace(/^http:\/\/1(?![^/:])/, 'https://1')
  const sample = URL.parse(text)
  const isPlain = sample?.protocol === 'http:' && !/^(?:127\.[0-9.]+|\[::1\]|localhost)$/.test(sample.hostname)
  if (sample === null || !/^https?:$/.test(sample.protocol) || sample.username !== '' || sample.hash !== '')
    report('invalid-backend', credential.at, 'the address of the token endpoint is no https URL')
  else if (isPlain) report('invalid-backend', credential.at, 'the token endpoint is asked over plain http: secrets go there')
  else if (credential.tls !== null && beginsWithHttp(url, project.settings))
    report('invalid-backend', credential.tls.at, 'certificates have no effect on an `http` address')
}

/** HTTP/2 knows no switch of protocols, and what RFC 8441 has in its place is not spoken with backends. */
function checkUpgrades({ project, report }: RuleContext): void {
  for (const { operations } of project.apis) {
    for (const { upgrade, production, sandbox } of operations) {
      if (upgrade === null || [production, sandbox].every((backend) => backend?.value.http !== '2')) continue
      report(
        'invalid-backend',
        upgrade.at,
        'the operation switches protocols, which an HTTP/2 backend cannot',
        'Give it a backend with `http: 1.1`.',
      )
    }
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
