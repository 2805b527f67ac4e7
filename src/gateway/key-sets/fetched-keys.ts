/**
 * Capability `fetched-keys`: key sets that an issuer gives out while the gateway runs. They are fetched beside the requests and never for
 * one: a request meets the keys that are there. Every thread fetches for itself.
 */
import type { FetchedKeysPlan } from '../../contract/plan/keys.ts'
import { openService, type Service } from '../calls/open-service.ts'
import type { FetchedKeysCapability, KeySetSurroundings, KeySets } from '../capabilities/fetched-keys.ts'
import { IssuerKeySet } from './issuer-key-set.ts'
import { largestKeySet } from './read-key-set.ts'

/** Milliseconds for a whole fetch. */
const patience = 10_000

export const fetchedKeysCapability: FetchedKeysCapability = async (surroundings) => {
  const { plan, metrics, values, warn, atEnd } = surroundings
  const sets = new Map<number, IssuerKeySet>()
  for (const [index, { issuer, fetchedKeys }] of plan.issuers.entries()) {
    if (fetchedKeys === null) continue
    const tell = (problem: string): void => warn('key-set-certificate', `${issuer}: ${problem}`)
    const service = await openService(fetchedKeys.service, `keys of ${issuer}`, { values, sockets: 1, warn: tell })
    atEnd(() => service.client.close())
    sets.set(index, keySet(issuer, fetchedKeys, service, surroundings))
  }
  metrics.keySets = [...sets.values()]
  atEnd(() => {
    for (const set of sets.values()) set.close()
  })
  return new FetchedKeys(sets)
}

class FetchedKeys implements KeySets {
  readonly #sets: ReadonlyMap<number, IssuerKeySet>

  constructor(sets: ReadonlyMap<number, IssuerKeySet>) {
    this.#sets = sets
  }

  follow: KeySets['follow'] = (issuer, take) => {
    this.#sets.get(issuer)?.follow(take)
  }

  unknownKey(issuer: number): void {
    this.#sets.get(issuer)?.unknownKey()
  }

  sweep(now: number): void {
    for (const set of this.#sets.values()) set.sweep(now)
  }
}

function keySet(
  issuer: string,
  { refresh, algorithms }: FetchedKeysPlan,
  { client, url }: Service,
  { clock, log, readiness }: KeySetSurroundings,
): IssuerKeySet {
  const condition = `keys of ${issuer}`
  readiness.lacks(condition, 'not fetched yet')
  const call = { method: 'GET', url, headers: {}, body: null, timeout: patience, maxAnswer: largestKeySet } as const
  const fetch: ConstructorParameters<typeof IssuerKeySet>[0]['fetch'] = () => client.call(call)
  const ready = (): void => readiness.holds(condition)
  return new IssuerKeySet({ issuer, refresh, algorithms, fetch, clock, log, random: Math.random, ready })
}
