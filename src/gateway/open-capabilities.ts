/** Opens what the bundle brings for its plan. What the plan needs and the bundle does not have stops the start. */
import type { ReadinessConditions } from './admin/readiness.ts'
import type { ApiKeyKinds } from './capabilities/api-key.ts'
import type { CredentialWatch } from './capabilities/credential-watch.ts'
import type { DenyList } from './capabilities/deny.ts'
import type { RevocationPublishers } from './capabilities/publishing.ts'
import type { Revocations } from './capabilities/revocation.ts'
import type { PlainSurroundings, Surroundings, WatchedSurroundings } from './capabilities/surroundings.ts'
import type { TrafficManagerCapability } from './capabilities/throttle.ts'
import type { Capabilities } from './capabilities.ts'
import type { CoarseClock } from './coarse-clock.ts'
import type { StepMakers } from './pipeline.ts'
import { StartError } from './settings.ts'

/** Throws when the plan asks for what the bundle does not have. */
export async function openRevocations(
  capabilities: Capabilities,
  surroundings: PlainSurroundings,
  readiness: ReadinessConditions,
): Promise<Revocations | null> {
  if (surroundings.plan.revocation === null) return null
  if (capabilities.revocation === undefined) throw new Error('revocation is asked for, and this bundle has none')
  if (surroundings.plan.revocation.persist !== null && capabilities['revocation-persist'] === undefined)
    throw new Error('revocations are to be kept, and this bundle cannot')
  try {
    const feeds = {
      list: capabilities['revocation-list'],
      etcd: capabilities['revocation-etcd'],
      redis: capabilities['revocation-redis'],
      amqp: capabilities['revocation-amqp'],
      amqp10: capabilities['revocation-amqp10'],
    }
    return await capabilities.revocation(surroundings, feeds, capabilities['revocation-persist'], readiness)
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'revocation could not be started')
  }
}

/** Throws when the plan asks for what the bundle does not have. */
export function openCredentialWatch(capabilities: Capabilities, surroundings: Surroundings): CredentialWatch | null {
  const { operations } = surroundings.plan
  if (operations.every(({ security, certificate }) => security.kind === 'public' && certificate === 'unused')) return null
  if (capabilities['credential-watch'] === undefined) throw new Error('credentials are asked for, and this bundle cannot watch them')
  return capabilities['credential-watch'](surroundings)
}

export async function startCapabilities(
  capabilities: Capabilities,
  surroundings: WatchedSurroundings,
  time: CoarseClock,
): Promise<StepMakers> {
  try {
    const shared = (await capabilities['shared-introspection']?.(surroundings)) ?? null
    const counting = (await capabilities['throttle-redis']?.(surroundings)) ?? null
    if (surroundings.plan.throttling.store !== null && counting === null)
      throw new Error('several gateways count together, and this bundle counts alone')
    const manager = await openTrafficManager(capabilities, surroundings)
    const introspections = capabilities.introspection === undefined ? null : await capabilities.introspection(surroundings, shared)
    const publishing = (await capabilities.publishing?.(surroundings, publishersIn(capabilities))) ?? null
    const apiKeyKinds = makeApiKeyKinds(capabilities, surroundings)
    const tokens = capabilities.jwt === undefined ? null : await capabilities.jwt(surroundings, introspections)
    const revoked = (token: string, issuer: number): void => {
      shared?.revoked(token)
      const { revocations } = surroundings
      const entry = revocations === null || tokens === null ? null : tokens.barringEntry(token, issuer)
      if (entry !== null) revocations?.revokeHere(entry)
      publishing?.revoked(token, issuer, entry)
    }
    return {
      tokens,
      keyManagers: capabilities['key-manager'] === undefined ? null : capabilities['key-manager'](surroundings, revoked),
      proofs: capabilities.dpop === undefined ? null : capabilities.dpop(surroundings),
      certificates: capabilities['client-certificate'] === undefined ? null : capabilities['client-certificate'](surroundings),
      credentials: capabilities.credentials === undefined ? null : capabilities.credentials(surroundings),
      apiKeys: capabilities['api-key'] === undefined ? null : capabilities['api-key'](surroundings, apiKeyKinds),
      basic: capabilities.basic === undefined ? null : capabilities.basic(surroundings),
      extensions: capabilities.extensions === undefined ? null : capabilities.extensions(surroundings),
      subscriptions: capabilities.subscriptions === undefined ? null : capabilities.subscriptions(surroundings),
      denied: [...openDenyLists(capabilities, surroundings), ...(manager === null ? [] : [manager.denied])],
      concurrency: capabilities.concurrency === undefined ? null : capabilities.concurrency(surroundings),
      throttling: manager?.throttling ?? capabilities.throttle?.(surroundings, counting) ?? null,
      identity: capabilities['backend-identity'] === undefined ? null : capabilities['backend-identity'].open(surroundings),
      cors: capabilities.cors === undefined ? null : capabilities.cors(surroundings),
      upgrades: capabilities.upgrade === undefined ? null : capabilities.upgrade(surroundings, time),
    }
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'a capability could not be started')
  }
}

/** Throws when the plan asks for what the bundle does not have. */
function openDenyLists(capabilities: Capabilities, surroundings: Surroundings): readonly DenyList[] {
  const { deny, revocation } = surroundings.plan
  if (deny.length > 0 && capabilities.deny === undefined) throw new Error('the plan denies requests, and this bundle cannot')
  if (revocation?.denies === true && capabilities['deny-feed'] === undefined)
    throw new Error('feeds are to deny callers, and this bundle cannot')
  return [capabilities.deny, capabilities['deny-feed']].flatMap((capability) => capability?.(surroundings) ?? [])
}

/** Rejects when the plan asks for what the bundle does not have. */
async function openTrafficManager(
  { throttle, 'traffic-manager': open }: Capabilities,
  surroundings: Surroundings,
): Promise<Awaited<ReturnType<TrafficManagerCapability>> | null> {
  if (surroundings.plan.throttling.trafficManager === null) return null
  if (throttle === undefined || open === undefined) throw new Error('a Traffic Manager is to count, and this bundle has none')
  return await open(surroundings, throttle)
}

function publishersIn(capabilities: Capabilities): RevocationPublishers {
  return {
    etcd: capabilities['publish-etcd'],
    redis: capabilities['publish-redis'],
    amqp: capabilities['publish-amqp'],
    amqp10: capabilities['publish-amqp10'],
  }
}

function makeApiKeyKinds(capabilities: Capabilities, surroundings: Surroundings): ApiKeyKinds {
  const { apiKeys, apiKeyIssuers } = surroundings.plan
  const signed = capabilities['signed-api-key']?.(surroundings) ?? null
  const slow = capabilities['scrypt-api-key']?.(surroundings) ?? null
  if ((apiKeyIssuers.length > 0 && signed === null) || (apiKeys.some(({ digest }) => digest.kind === 'scrypt') && slow === null))
    throw new Error('the plan has a kind of API key that this bundle cannot verify')
  return { signed, slow }
}
