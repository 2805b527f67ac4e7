/** The capability `introspection`: key managers are asked about tokens whose text says nothing (RFC 7662). */
import { clientAuthentication } from '../calls/client-authentication.ts'
import { openService } from '../calls/open-service.ts'
import type { IntrospectionCapability } from '../capabilities/introspection.ts'
import { DroppedTokens, droppedTokensName } from '../dropped-tokens.ts'
import { shareOf } from '../serving-thread.ts'
import { IntrospectionCounts } from './introspection-counts.ts'
import { Questions } from './questions.ts'
import { TokenIntrospector } from './token-introspector.ts'

export const introspectionCapability: IntrospectionCapability = async (surroundings, others) => {
  const { plan, clock, metrics, shared, thread, values, warn, atEnd } = surroundings
  const counts = new IntrospectionCounts()
  metrics.introspection = counts
  const keyManagers = await Promise.all(
    plan.issuers.map(async ({ issuer, introspection }) => {
      if (introspection === null) return null
      const { service: address, credentials, timeout, lookups } = introspection
      const tell = (problem: string): void => warn('introspection', problem)
      const own = Math.max(1, shareOf(lookups, thread))
      const service = await openService(address, `introspection of ${issuer}`, { values, sockets: own, warn: tell })
      atEnd(() => service.client.close())
      const authentication = clientAuthentication(credentials, values, clock)
      return {
        lookups: own,
        asked: new Questions({ service, authentication, timeout, clock, counts, tell: (what) => tell(`${issuer}: ${what}`) }),
      }
    }),
  )
  const revokes = plan.operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke')
  const dropped = revokes ? new DroppedTokens(shared(droppedTokensName, DroppedTokens.make)) : null
  return (issuer, judge) => {
    const own = keyManagers[issuer] ?? null
    if (own === null) return null
    const { keepInvalid } = plan.issuers[issuer]!.introspection!.cache
    const questions = others?.share(issuer, own.asked) ?? own.asked
    return new TokenIntrospector({ questions, judge, lookups: own.lookups, keepInvalid, clock, counts, dropped })
  }
}
