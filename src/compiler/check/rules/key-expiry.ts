import type { Location } from '../../source/location.ts'
import { backendsOf } from '../backend-urls.ts'
import type { Rule } from '../rule.ts'

const soonDays = 30

type Period = { readonly notBefore: number | null; readonly notAfter: number | null }

/** `others`: what can do its work in its place. */
type Lasting = Period & { readonly name: string; readonly at: Location; readonly others: readonly Period[] }

export const rule: Rule = ({ project, now, report }) => {
  const seconds = now.getTime() / 1000
  for (const { name, notBefore, notAfter, at, others } of lasting(project)) {
    if (notBefore !== null && notBefore > seconds && !others.some((other) => isValidAt(other, seconds))) {
      report('key-expired', at, `${name} is not valid before ${day(notBefore)}`, 'Give one that is valid now.')
    }
    if (notAfter === null) continue
    if (notAfter <= seconds) report('key-expired', at, `${name} expired on ${day(notAfter)}`)
    else if (notAfter - seconds <= soonDays * 86_400 && !others.some((other) => isValidAt(other, notAfter)))
      report('key-expires-soon', at, `${name} expires on ${day(notAfter)}`)
  }
}

function* lasting(project: Parameters<Rule>[0]['project']): Generator<Lasting> {
  for (const { keys } of [...project.issuers, ...project.apiKeyIssuers]) {
    for (const key of keys)
      yield { ...key, others: keys.filter((other) => other !== key), name: key.kid === null ? 'a key' : `the key \`${key.kid}\`` }
  }
  const ofBackends = [...backendsOf(project)].flatMap(({ value }) => value.tls?.authorities ?? [])
  const ofKeySets = project.issuers.flatMap(({ fetchedKeys }) => fetchedKeys?.service.tls?.authorities ?? [])
  const ofClients = project.clientCertificates
  const ofHolders = (ofClients?.holders ?? []).flatMap(({ authorities }) => authorities ?? [])
  const authorities = new Set([...ofBackends, ...ofKeySets, ...(ofClients?.authorities ?? []), ...ofHolders])
  for (const authority of authorities) yield { ...authority, others: [], name: 'the certificate of an authority' }
}

/** At that moment, and a while after it. */
function isValidAt({ notBefore, notAfter }: Period, seconds: number): boolean {
  return (notBefore === null || notBefore <= seconds) && (notAfter === null || notAfter > seconds)
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
