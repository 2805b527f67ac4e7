/** A way of being admitted, in words. */
import type { Way } from './ways.ts'

export function describeWay({ token, apiKey, password, certificate }: Way): string {
  const parts = [
    ...(token === null ? [] : [`a token of ${joined(token.issuers.map(quoted), 'or')}${withScopes(token.scopes)}`]),
    ...(apiKey === null ? [] : [`an API key${withScopes(apiKey.scopes)}`]),
    ...(password === null ? [] : [`a user’s password${withScopes(password.scopes)}`]),
    ...(certificate ? ['a client certificate'] : []),
  ]
  return parts.length === 0 ? 'no credential' : joined(parts, 'together with')
}

export function describeWays(ways: readonly Way[]): string {
  return ways.length === 0 ? 'nobody' : ways.map(describeWay).join(', or ')
}

function withScopes(scopes: readonly string[]): string {
  if (scopes.length === 0) return ''
  return ` with the scope${scopes.length === 1 ? '' : 's'} ${joined(scopes.map(quoted), 'and')}`
}

/** `a, b and c`. */
export function joined(parts: readonly string[], word: string): string {
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} ${word} ${last}`
}

export function quoted(text: string): string {
  return `\`${text}\``
}
