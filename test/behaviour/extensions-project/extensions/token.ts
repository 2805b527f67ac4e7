import type { TokenAnswer, TokenQuestion } from 'postern/extension'
import { digest, holders } from './tables/holders.ts'

/** Tokens of a table, and behind them what the gateway knows; the other words are ways to go wrong. */
export async function validateToken({ request, token, standard }: TokenQuestion): Promise<TokenAnswer> {
  const holder = holders.get(digest(token))
  if (holder !== undefined) return { allowed: true, holder, attach: { path: request.path } }
  switch (token) {
    case 'throws':
      throw new Error(`the secret ${token} is in the message`)
    case 'never':
      return new Promise(() => {})
    case 'late':
      await new Promise((resolve) => setTimeout(resolve, 400))
      await standard()
      return { allowed: true, holder: { client: 'late' } }
    case 'borrowed':
      return true
    case 'hurried':
      void standard()
      return { allowed: true, holder: { client: 'mobile' } }
    case 'view':
      return {
        allowed:
          isFrozen(request) &&
          request.header('authorization') === null &&
          request.header('Cookie') === null &&
          request.header('X-Seen') === 'a, b',
        holder: { client: 'mobile' },
      }
    case 'large':
      return { allowed: true, holder: { client: 'mobile' }, attach: { text: 'x'.repeat(5000) } }
    case 'cyclic': {
      const attach: Record<string, never> = {}
      attach.attach = attach as never
      return { allowed: true, holder: { client: 'mobile' }, attach }
    }
  }
  return shapes.has(token) ? (shapes.get(token) as TokenAnswer) : standard()
}

/** What is no answer. */
const shapes = new Map<string, unknown>([
  ['nothing', undefined],
  ['null', null],
  ['one', 1],
  ['text', 'true'],
  ['list', [true]],
  ['empty', {}],
  ['word', { allowed: 'true' }],
  ['stranger', { allowed: true, holder: { client: 'mobile' }, alowed: false }],
  ['no-holder', { allowed: true }],
  ['holder-text', { allowed: true, holder: 'mobile' }],
  ['holder-stranger', { allowed: true, holder: { client: 'mobile', admin: true } }],
  ['holder-issuer', { allowed: true, holder: { client: 'mobile', issuer: 'https://three.example.com' } }],
  ['holder-scopes', { allowed: true, holder: { client: 'mobile', scopes: 'read' } }],
  ['holder-type', { allowed: true, holder: { client: 'mobile', keyType: 'PRODUCTION' } }],
  ['holder-client', { allowed: true, holder: { client: 17 } }],
  ['attach-text', { allowed: true, holder: { client: 'mobile' }, attach: 'x' }],
  ['refused', { allowed: false }],
  ['false', false],
])

function isFrozen(request: object): boolean {
  return Object.isFrozen(request)
}
