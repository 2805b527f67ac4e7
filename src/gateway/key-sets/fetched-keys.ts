/**
 * Capability `fetched-keys`: key sets that an issuer gives out while the gateway runs. They are fetched beside the requests and never for
 * one: a request meets the keys that are there. Every thread fetches for itself.
 */
import type { FetchedKeysPlan } from '../../contract/plan.ts'
import { ServiceClient } from '../calls/service-client.ts'
import { isConfidential, parseServiceUrl } from '../calls/service-url.ts'
import type { FetchedKeysCapability, KeySetSurroundings, KeySets } from '../capabilities.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import { IssuerKeySet } from './issuer-key-set.ts'
import { largestKeySet } from './read-key-set.ts'

/** Milliseconds for a whole fetch. */
const patience = 10_000

export const fetchedKeysCapability: FetchedKeysCapability = async (surroundings) => {
  const { plan, metrics, atEnd } = surroundings
  const clients: ServiceClient[] = []
  const sets = new Map<number, IssuerKeySet>()
  for (const [index, { issuer, fetchedKeys }] of plan.issuers.entries()) {
    if (fetchedKeys === null) continue
    const { client, url } = await openClient(fetchedKeys, issuer, surroundings)
    clients.push(client)
    sets.set(index, keySet(issuer, fetchedKeys, client, url, surroundings))
  }
  metrics.keySets = [...sets.values()]
  atEnd(() => {
    for (const set of sets.values()) set.close()
    for (const client of clients) client.close()
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

async function openClient(
  { url: text, authorities }: FetchedKeysPlan,
  issuer: string,
  { values, log }: KeySetSurroundings,
): Promise<{ readonly client: ServiceClient; readonly url: URL }> {
  const url = parseServiceUrl(settle(text, values))
  // The value is not repeated: an address may hold what should not be in a log.
  if (url === null || !isConfidential(url)) throw new StartError(`${settingsIn(text)} must be an https URL, without user and fragment`)
  if (authorities.length > 0 && url.protocol !== 'https:') {
    throw new StartError(`${settingsIn(text)} must be an https URL: authorities are given for it, and http would not use them`)
  }
  const warn = (problem: string): void => log.event('warn', 'key-set-certificate', { issuer, problem })
  const options = { authorities, clientCertificate: null, serverName: null, sockets: 1, warn }
  return { client: await ServiceClient.open(url.protocol === 'https:', options), url }
}

function keySet(
  issuer: string,
  { refresh, algorithms }: FetchedKeysPlan,
  client: ServiceClient,
  url: URL,
  { clock, log, readiness }: KeySetSurroundings,
): IssuerKeySet {
  const condition = `keys of ${issuer}`
  readiness.lacks(condition, 'not fetched yet')
  const call = { method: 'GET', url, headers: {}, body: null, timeout: patience, maxAnswer: largestKeySet } as const
  const fetch: ConstructorParameters<typeof IssuerKeySet>[0]['fetch'] = () => client.call(call)
  const ready = (): void => readiness.holds(condition)
  return new IssuerKeySet({ issuer, refresh, algorithms, fetch, clock, log, random: Math.random, ready })
}
