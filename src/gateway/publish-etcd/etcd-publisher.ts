/** The capability `publish-etcd`: a revocation as a key of etcd, with a lease as long as what it bars lives. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { EtcdFeedPlan } from '../../contract/plan/revocation-feed.ts'
import { ServiceError } from '../calls/service-error.ts'
import type { RevocationPublisher, RevocationPublisherCapability } from '../capabilities/publishing.ts'
import type { Clock } from '../clock.ts'
import { EtcdClient, type KnownValue } from '../etcd/etcd-client.ts'
import { etcdEndpoints } from '../etcd/etcd-endpoints.ts'
import { entryOf, namedKey, ownKey } from '../etcd/etcd-keys.ts'
import { feedLogin, openFeedClient } from '../feeds/feed-client.ts'
import { joinedEntry, writtenEntry, writtenRest } from '../feeds/written-entry.ts'

/** Seconds for which a key outlives what it bars: longer than gateways remember it by themselves. */
const afterlife = 900

/** Others may be writing the same key. */
const tries = 3

export const publishEtcdCapability: RevocationPublisherCapability<EtcdFeedPlan> = async (plan, surroundings) => {
  const { values, clock } = surroundings
  const { endpoints, secure } = etcdEndpoints(plan, values)
  const client = await openFeedClient(plan, secure, surroundings)
  const etcd = new EtcdClient(client, endpoints[0]!, feedLogin(plan, values))
  return new EtcdPublisher(etcd, endpoints, plan.prefix, clock, () => client.close())
}

class EtcdPublisher implements RevocationPublisher {
  readonly #etcd: EtcdClient
  readonly #endpoints: readonly URL[]
  readonly #prefix: string
  readonly #clock: Clock
  readonly close: () => void
  #turn: number = 0

  constructor(etcd: EtcdClient, endpoints: readonly URL[], prefix: string, clock: Clock, close: () => void) {
    this.#etcd = etcd
    this.#endpoints = endpoints
    this.#prefix = prefix
    this.#clock = clock
    this.close = close
  }

  /** At the endpoint that was good the last time, and then at the others. */
  async publish(entry: RevokedPlan): Promise<void> {
    let problem: unknown
    for (let attempt = 0; attempt < this.#endpoints.length; attempt++) {
      try {
        return await this.#write(entry)
      } catch (error) {
        problem = error
        this.#turn++
        this.#etcd.use(this.#endpoints[this.#turn % this.#endpoints.length]!)
      }
    }
    throw problem
  }

  async #write(entry: RevokedPlan): Promise<void> {
    for (let attempt = 0; attempt < tries; attempt++) {
      const named = namedKey(entry, this.#prefix)
      const known = await this.#etcd.read(named)
      if (known === null || this.#isTheSame(named, known, entry)) {
        if (await this.#put(named, known, entry, (merged, now) => writtenRest(merged, now))) return
        continue
      }
      // The name is that of another issuer's, too: both stay.
      const own = ownKey(entry, this.#prefix)
      if (await this.#put(own, await this.#etcd.read(own), entry, (merged, now) => writtenEntry(merged, now))) return
    }
    throw new ServiceError('protocol')
  }

  /** Of the same thing, and nothing but its times may change. */
  #isTheSame(key: string, { value }: KnownValue, { issuer }: RevokedPlan): boolean {
    const known = entryOf({ key, value }, this.#prefix)
    return known !== undefined && known !== 'other' && known.issuer === issuer
  }

  async #put(
    key: string,
    known: KnownValue | null,
    entry: RevokedPlan,
    written: (entry: RevokedPlan, now: number) => Readonly<Record<string, string | number>>,
  ): Promise<boolean> {
    const before = known === null ? undefined : entryOf({ key, value: known.value }, this.#prefix)
    const merged = before === undefined || before === 'other' ? entry : joinedEntry(before, entry)
    const now = this.#clock.now()
    const lease = merged.expires === null ? null : Math.max(1, Math.ceil(merged.expires - now / 1000) + afterlife)
    return await this.#etcd.write(key, JSON.stringify(written(merged, now)), known, lease)
  }
}
