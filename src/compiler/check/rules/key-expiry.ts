import type { IssuerKey } from '../../model/model.ts'
import type { Rule } from '../rule.ts'

const soonDays = 30

export const rule: Rule = ({ project, now, report }) => {
  const seconds = now.getTime() / 1000
  for (const issuer of project.issuers) {
    for (const key of issuer.keys) {
      const name = key.kid === null ? 'a key' : `the key \`${key.kid}\``
      const { notBefore, notAfter } = key
      if (notBefore !== null && notBefore > seconds) {
        report('key-expired', key.at, `${name} is not valid before ${day(notBefore)}`, 'Give a key that is valid now.')
      }
      if (notAfter === null) continue
      if (notAfter <= seconds) report('key-expired', key.at, `${name} expired on ${day(notAfter)}`)
      else if (expiresSoon(key, seconds)) report('key-expires-soon', key.at, `${name} expires on ${day(notAfter)}`)
    }
  }
}

function expiresSoon({ notAfter }: IssuerKey, seconds: number): boolean {
  return notAfter !== null && notAfter - seconds <= soonDays * 86_400
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
