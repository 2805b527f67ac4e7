import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Revocation, Source } from './source.ts'

/** As any web server would give it, with an ETag. */
export async function listSource(): Promise<Source> {
  const revocations: Revocation[] = []
  let trouble: 'none' | 'failing' | 'nonsense' | 'slow' = 'none'
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (trouble === 'slow') await pause(1500)
      const etag = `"${revocations.length}"`
      const unchanged = request.headers['if-none-match'] === etag
      const status = trouble === 'failing' ? 500 : unchanged ? 304 : 200
      response.writeHead(status, status === 200 ? { ETag: etag } : {})
      response.end(status !== 200 ? '' : trouble === 'nonsense' ? '[{"jti":' : JSON.stringify(revocations))
    }
    answer().catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const troubled = (name: string, kind: typeof trouble): Source['troubles'][number] => ({
    name,
    happen: async (random) => {
      trouble = kind
      await pause(random.below(8000))
      trouble = 'none'
    },
  })
  return {
    name: 'list',
    feeds: '[{ type: list, url: "${LIST_URL}", every: 50ms }]',
    mostDelay: 100,
    port: (server.address() as AddressInfo).port,
    settings: (port) => ({ LIST_URL: `http://127.0.0.1:${port}/revoked.json` }),
    revoke: async (revocation) => {
      revocations.push(revocation)
    },
    troubles: [troubled('failing', 'failing'), troubled('cut in the middle', 'nonsense'), troubled('slow', 'slow')],
    end: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
