import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from '../../wire/redis.ts'
import type { Revocation, Source } from './source.ts'

const stream = 'postern:revoked'

/** It keeps nothing on disk. Whoever lets it lose something puts it back, as docs/revocation.md asks for. */
export async function redisSource(): Promise<Source> {
  const redis = await Redis.start()
  const acknowledged: Revocation[] = []
  const add = ({ jti, iss, exp }: Revocation): Promise<unknown> =>
    redis.run('XADD', stream, '*', 'jti', jti, 'iss', iss, 'exp', String(exp))
  const restore = async (): Promise<void> => {
    for (const revocation of [...acknowledged]) await add(revocation)
  }
  return {
    name: 'redis',
    feeds: `[{ type: redis, url: "\${REDIS_URL}", stream: "${stream}" }]`,
    mostDelay: 100,
    port: redis.port,
    settings: (port) => ({ REDIS_URL: `redis://127.0.0.1:${port}` }),
    revoke: async (revocation) => {
      await add(revocation)
      acknowledged.push(revocation)
    },
    troubles: [
      {
        name: 'killed, and begun again with nothing',
        happen: async (random) => {
          await redis.kill()
          await pause(random.below(8000))
          await redis.begin()
          await restore()
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
          await redis.run('FLUSHALL')
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
    end: () => redis.stop(),
  }
}
