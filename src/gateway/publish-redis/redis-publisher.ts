/** The capability `publish-redis`: a revocation as a message of a stream; what has expired there is removed now and then. */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import type { RedisFeedPlan } from '../../contract/plan/revocation-feed.ts'
import type { RevocationPublisher, RevocationPublisherCapability } from '../capabilities/publishing.ts'
import type { Clock } from '../clock.ts'
import { PublishingFailure } from '../feeds/publishing-failure.ts'
import { writtenEntry } from '../feeds/written-entry.ts'
import { feedAddress } from '../redis/feed-address.ts'
import { RedisSession, redisProblem } from '../redis/redis-session.ts'

/** Seconds after which a message of what has expired by itself is removed: clocks differ, and readers may be behind. */
const keep = 3_600

/** Milliseconds between two looks for such messages, and how many are looked at, from the oldest on. */
const lookEvery = 60_000
const looksAt = '1000'

export const publishRedisCapability: RevocationPublisherCapability<RedisFeedPlan> = async (plan, { values, clock }) => {
  const address = feedAddress(plan, values)
  return new RedisPublisher(() => RedisSession.open(address, plan.authorities), plan.stream, clock)
}

class RedisPublisher implements RevocationPublisher {
  readonly #open: () => Promise<RedisSession>
  readonly #stream: string
  readonly #clock: Clock
  #session: RedisSession | null = null
  #lookedAt: number = Number.NEGATIVE_INFINITY

  constructor(open: () => Promise<RedisSession>, stream: string, clock: Clock) {
    this.#open = open
    this.#stream = stream
    this.#clock = clock
  }

  async publish(entry: RevokedPlan): Promise<void> {
    const members = Object.entries(writtenEntry(entry, this.#clock.now())).flat().map(String)
    try {
      this.#session ??= await this.#open()
      const id = String(await this.#session.run(['XADD', this.#stream, '*', ...members]))
      // It is published, whatever becomes of the rest. An id begins with the time of Redis: what a wrong clock removes, nobody says again.
      await this.#removeExpired(this.#session, Math.min(this.#clock.now(), Number(id.split('-')[0]))).catch(() => {})
    } catch (error) {
      this.close()
      throw new PublishingFailure(redisProblem(error))
    }
  }

  close(): void {
    this.#session?.close()
    this.#session = null
  }

  /**
   * Only what has ended, wherever it stands: messages are in the order of their publishing, not of their end.
   * @param now milliseconds since the epoch.
   */
  async #removeExpired(session: RedisSession, now: number): Promise<void> {
    const lookedAt = this.#clock.monotonic()
    if (lookedAt - this.#lookedAt < lookEvery) return
    this.#lookedAt = lookedAt
    const messages: unknown = await session.run(['XRANGE', this.#stream, '-', '+', 'COUNT', looksAt])
    if (!Array.isArray(messages)) return
    const end = now / 1000 - keep
    const expired = messages.filter((message) => expiryOf(message) < end).map(([id]) => String(id))
    if (expired.length > 0) await session.run(['XDEL', this.#stream, ...expired])
  }
}

/** Seconds since the epoch; Infinity for what never ends. */
function expiryOf(message: unknown): number {
  const [, fields]: unknown[] = Array.isArray(message) ? message : []
  if (!Array.isArray(fields)) return Number.POSITIVE_INFINITY
  const at = fields.findIndex((name, index) => index % 2 === 0 && name === 'exp')
  const expires: unknown = at === -1 ? undefined : fields[at + 1]
  return typeof expires === 'string' && /^\d{1,15}$/.test(expires) ? Number(expires) : Number.POSITIVE_INFINITY
}
