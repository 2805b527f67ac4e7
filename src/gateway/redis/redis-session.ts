/** One connection to a Redis, for as long as it is good. Who needs another one opens another one. */
import { ServiceError, serviceError } from '../calls/service-error.ts'
import type { RedisAddress } from './redis-address.ts'
import { type RedisClient, redisClient, within } from './redis-client.ts'

/** Milliseconds until there is a connection, and for a reply. */
const patience = 5_000

/** Redis refuses a command. */
export class RedisRefusal extends Error {
  /** Redis' word for why: `WRONGPASS`, `NOAUTH`, `NOPERM`, `WRONGTYPE`, or `ERR` for all that has none. */
  readonly word: string

  constructor(word: string, message: string) {
    super(message)
    this.word = word
  }
}

export class RedisSession {
  readonly #client: RedisClient

  private constructor(client: RedisClient) {
    this.#client = client
  }

  /** Rejects with a ServiceError or a RedisRefusal. */
  static async open(address: RedisAddress, authorities: readonly string[]): Promise<RedisSession> {
    const session = new RedisSession(redisClient(address, authorities, false))
    // What is the matter shows with the command that it is the matter with.
    session.#client.on('error', () => {})
    await session.#reply(session.#client.connect(), patience)
    return session
  }

  /** @param time milliseconds that the reply may take beyond the usual. Without one in time the session is over. Rejects as `open` does. */
  async run(command: readonly string[], time: number = 0): Promise<unknown> {
    if (!this.#client.isReady) throw new ServiceError('connect')
    return await this.#reply(this.#client.sendCommand(command), patience + time)
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy()
  }

  async #reply(work: Promise<unknown>, time: number): Promise<unknown> {
    const reply = await within(
      time,
      work.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      ),
    )
    if (reply === undefined) {
      this.close()
      throw new ServiceError('timeout')
    }
    if ('value' in reply) return reply.value
    throw failureOf(reply.error)
  }
}

/** Words that begin Redis' own refusals are in capitals; all else is of the connection. */
function failureOf(error: unknown): Error {
  const message = error instanceof Error && !('code' in error) ? error.message : ''
  const [, word] = /^([A-Z]{3,20}) /.exec(message) ?? []
  return word === undefined ? serviceError(error) : new RedisRefusal(word, message)
}

/** A few words for operators, without anything that somebody else wrote. */
export function redisProblem(error: unknown): string {
  if (error instanceof RedisRefusal) return `Redis refuses: ${error.word}`
  return error instanceof ServiceError ? error.reason : 'bug'
}
