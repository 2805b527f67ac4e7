import type { ScopesAnswer, ScopesQuestion, SubscriptionAnswer, SubscriptionQuestion } from 'postern/extension'

export async function validateSubscription({ caller, standard }: SubscriptionQuestion): Promise<SubscriptionAnswer> {
  if (caller.consumer === 'client:0:banned') return false
  if (caller.claims.client_id === 'thrower') throw new Error('thrower')
  if (caller.issuer === 'https://two.example.com' && caller.claims.trusted === true) {
    return {
      allowed: true,
      subscription: { application: { id: '7', uuid: null, name: null, owner: null, tier: null }, tier: null, keyType: null },
    }
  }
  return standard()
}

/** The operation `level` goes by a field, and every other by scopes. */
export function validateScopes({ request, caller, standard }: ScopesQuestion): ScopesAnswer {
  if (caller.claims.sub === 'changer') (caller.claims as Record<string, unknown>).sub = 'admin'
  if (request.operation !== 'level') return standard
  return { allowed: request.header('X-Level') === 'high', attach: { level: 'high' } }
}
