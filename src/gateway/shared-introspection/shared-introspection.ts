/** The capability `shared-introspection`: what a key manager said of a token is left in Redis for the other gateways, sealed. */
import type { SharedCachePlan } from '../../contract/plan/introspection.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { SharedIntrospectionCapability } from '../capabilities/introspection.ts'
import { DroppedTokens, droppedTokensName } from '../dropped-tokens.ts'
import { parseRedisUrl, type RedisAddress } from '../redis/redis-address.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import { RedisStore } from './redis-store.ts'
import { RevokedHere } from './revoked-here.ts'
import { SealedAnswers } from './sealed-answers.ts'
import { SharedAnswers } from './shared-answers.ts'
import { SharedCounts } from './shared-counts.ts'
import { SharedQuestions } from './shared-questions.ts'

/** Characters, as `openssl rand -hex 16` gives them. */
const shortestSecret = 32

export const sharedIntrospectionCapability: SharedIntrospectionCapability = async (surroundings) => {
  const { plan, values, clock, metrics, shared: memory, warn, atEnd } = surroundings
  const counts = new SharedCounts()
  metrics.sharedAnswers = counts
  const known = await Promise.all(
    plan.issuers.map(async ({ issuer, introspection }) => {
      const shared = introspection?.cache.shared ?? null
      if (introspection === null || shared === null) return null
      const tell = (problem: string): void => warn('introspection-cache', `${issuer}: ${problem}`)
      const address = addressOf(shared, issuer, values)
      const secret = secretOf(shared.secret, issuer, values)
      const { timeout, authorities } = shared
      const store = await RedisStore.open({ address, authorities, timeout, clock, counts, tell })
      atEnd(() => store.close())
      // An answer is for who asked: another client, or another key manager that goes by the same name, may be told something else.
      const { service, credentials } = introspection
      const sealed = new SealedAnswers(secret, [issuer, settle(service.url, values), settle(credentials.clientId, values)])
      const { keep, keepInvalid } = introspection.cache
      return new SharedAnswers({ store, sealed, keep, keepInvalid, clock, counts, tell })
    }),
  )
  const revokes = plan.operations.some(({ keyManager }) => keyManager?.endpoint === 'revoke')
  const dropped = revokes ? new DroppedTokens(memory(droppedTokensName, DroppedTokens.make)) : null
  return {
    share: (issuer, keyManager) => {
      const answers = known[issuer] ?? null
      if (answers === null) return keyManager
      const revoked = dropped === null ? null : new RevokedHere(dropped, plan.issuers[issuer]!.introspection!.cache.keep)
      return new SharedQuestions({ answers, keyManager, revoked, clock })
    },
    revoked: (token) => {
      for (const answers of known) void answers?.revoke(token)
    },
  }
}

/** Nothing of the value is repeated: it may hold a password. */
function addressOf({ url, plainTcp, authorities }: SharedCachePlan, issuer: string, values: ReadonlyMap<string, string>): RedisAddress {
  const subject = `${settingsIn(url) || 'the address'} (Redis for introspection of ${issuer})`
  const address = parseRedisUrl(settle(url, values))
  if (address === null) throw new StartError(`${subject} must be a URL like rediss://host:port`)
  if (!address.confidential && !plainTcp) throw new StartError(`${subject} must be a rediss URL: it is on another machine`)
  if (!address.secure && authorities.length > 0) throw new StartError(`${subject} must be a rediss URL: authorities are given for it`)
  return address
}

function secretOf(text: SettingText, issuer: string, values: ReadonlyMap<string, string>): string {
  const secret = settle(text, values)
  if (secret.length >= shortestSecret) return secret
  throw new StartError(
    `${settingsIn(text)} (secret of what is shared for introspection of ${issuer}) must have ${shortestSecret} characters`,
  )
}
