import { setTimeout as pause } from 'node:timers/promises'
import { Etcd } from '../../wire/etcd.ts'
import type { Source } from './source.ts'

export async function etcdSource(): Promise<Source> {
  const etcd = await Etcd.start()
  return {
    name: 'etcd',
    feeds: '[{ type: etcd, endpoints: ["${ETCD_URL}"] }]',
    mostDelay: 100,
    port: etcd.port,
    settings: (port) => ({ ETCD_URL: `http://127.0.0.1:${port}` }),
    revoke: ({ jti, iss, exp }) => etcd.put(`/postern/revoked/jti/${jti}`, JSON.stringify({ iss, exp })),
    troubles: [
      {
        name: 'killed and begun again',
        happen: async (random) => {
          await etcd.kill()
          await pause(random.below(8000))
          await etcd.begin()
        },
      },
      {
        name: 'stopped for a while',
        happen: async (random) => {
          etcd.freeze()
          await pause(random.below(8000))
          etcd.wake()
        },
      },
      {
        name: 'slow',
        happen: async (random) => {
          for (let turn = 0; turn < 10; turn++) {
            etcd.freeze()
            await pause(random.below(400))
            etcd.wake()
            await pause(100)
          }
        },
      },
      { name: 'compacted', happen: () => etcd.compact() },
      {
        name: 'killed, compacted and begun again',
        happen: async (random) => {
          await etcd.kill()
          await pause(random.below(2000))
          await etcd.begin()
          await etcd.compact()
        },
      },
    ],
    end: () => etcd.end(),
  }
}
