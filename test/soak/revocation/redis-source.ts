import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from '../../wire/redis.ts'
import { Link } from './link.ts'
import type { Revocation, Source } from './source.ts'

const stream = 'postern:revoked'

/** In one step, so that nobody reads a part of it. */
const restoring = `redis.call('FLUSHALL')
for _, each in ipairs(cjson.decode(ARGV[1])) do
  redis.call('XADD', KEYS[1], '*', 'jti', each.jti, 'iss', each.iss, 'exp', string.format('%d', each.exp))
end`

/**
 * It keeps nothing on disk. Whoever lets it lose something puts it back before gateways may ask again: what it has acknowledged and lost, while
 * no gateway heard of it, nobody else can tell them, as docs/revocation.md says.
 */
export async function redisSource(): Promise<Source> {
  const redis = await Redis.start()
  const way = await Link.to(redis.port)
  const published: Revocation[] = []
  let restored: Promise<unknown> = Promise.resolve()
  const restore = async (): Promise<void> => {
    restored = redis.run('EVAL', restoring, '1', stream, JSON.stringify(published))
    await restored
  }
  return {
    name: 'redis',
    feeds: `[{ type: redis, url: "\${REDIS_URL}", stream: "${stream}" }]`,
    mostDelay: 100,
    port: way.port,
    settings: (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
    revoke: async (revocation) => {
      const { jti, iss, exp } = revocation
      // Commands of two connections come in any order: what is not among what is put back would be acknowledged before all is emptied.
      await restored.catch(() => {})
      // Before it is sent: it may be lost before the acknowledgement is here.
      published.push(revocation)
      await redis.run('XADD', stream, '*', 'jti', jti, 'iss', iss, 'exp', String(exp))
    },
    troubles: [
      {
        name: 'killed, and begun again with nothing',
        happen: async (random) => {
          way.cut()
          await redis.kill()
          await pause(random.below(8000))
          await redis.begin()
          await restore()
          way.open()
        },
      },
      {
        name: 'stopped for a while',
        happen: async (random) => {
          redis.freeze()
          await pause(random.below(8000))
          redis.wake()
        },
      },
      {
        name: 'flushed',
        happen: async () => {
          await restore()
        },
      },
      {
        name: 'slow',
        happen: async (random) => {
          await redis.run('CLIENT', 'PAUSE', String(random.below(3000)))
        },
      },
    ],
    end: async () => {
      await way.end()
      await redis.stop()
    },
  }
}
