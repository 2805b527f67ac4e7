/** What one way of being let in asks for beyond another, in words. */
import { joined, quoted } from '../certificate/described-way.ts'
import type { Way } from '../certificate/ways.ts'

/** `null` where `less` asks for something that `more` does not: they cannot be told apart in so few words. */
export function demandsBeyond(more: Way, less: Way): string | null {
  const issuers = less.token?.issuers ?? []
  const parts = [
    part('token', more.token, less.token),
    part('API key', more.apiKey, less.apiKey),
    part('password', more.password, less.password),
    less.certificate && !more.certificate ? null : more.certificate && !less.certificate ? 'a client certificate' : '',
  ]
  const otherIssuers = more.token !== null && less.token !== null && !more.token.issuers.some((issuer) => issuers.includes(issuer))
  const said = parts.filter((each) => each !== '')
  return otherIssuers || said.includes(null) || said.length === 0 ? null : joined(said as readonly string[], 'and')
}

type Scoped = { readonly scopes: readonly string[] } | null

/** Empty where nothing more is asked for. */
function part(what: string, more: Scoped, less: Scoped): string | null {
  if (more === null) return less === null ? '' : null
  if (less === null) return `${what === 'API key' ? 'an' : 'a'} ${what}`
  if (less.scopes.some((scope) => !more.scopes.includes(scope))) return null
  const scopes = more.scopes.filter((scope) => !less.scopes.includes(scope))
  return scopes.length === 0 ? '' : `the scope${scopes.length === 1 ? '' : 's'} ${joined(scopes.map(quoted), 'and')} of the ${what}`
}
