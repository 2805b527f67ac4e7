import type { Location } from '../../source/location.ts'
import { backendsOf } from '../backend-urls.ts'
import type { Rule } from '../rule.ts'

const soonDays = 30

type Lasting = { readonly name: string; readonly notBefore: number | null; readonly notAfter: number | null; readonly at: Location }

export const rule: Rule = ({ project, now, report }) => {
  const seconds = now.getTime() / 1000
  for (const { name, notBefore, notAfter, at } of lasting(project)) {
    if (notBefore !== null && notBefore > seconds) {
      report('key-expired', at, `${name} is not valid before ${day(notBefore)}`, 'Give one that is valid now.')
    }
    if (notAfter === null) continue
    if (notAfter <= seconds) report('key-expired', at, `${name} expired on ${day(notAfter)}`)
    else if (notAfter - seconds <= soonDays * 86_400) report('key-expires-soon', at, `${name} expires on ${day(notAfter)}`)
  }
}

function* lasting(project: Parameters<Rule>[0]['project']): Generator<Lasting> {
  for (const { keys } of project.issuers) {
    for (const key of keys) yield { ...key, name: key.kid === null ? 'a key' : `the key \`${key.kid}\`` }
  }
  const ofBackends = [...backendsOf(project)].flatMap(({ value }) => value.tls?.authorities ?? [])
  const authorities = new Set([...ofBackends, ...(project.clientCertificates?.authorities ?? [])])
  for (const authority of authorities) yield { ...authority, name: 'the certificate of an authority' }
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
