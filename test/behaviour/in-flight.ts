/** How many requests may be in flight at the same time: of an API, of a consumer, to a backend; and that a place is given back in every end. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Backend, type BackendRequest, echo } from '../wire/backend.ts'
import { type Answer, ask, Client } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { until } from '../wire/until.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

function definition(title: string, concurrency: string, paths: string): string {
  return `openapi: 3.1.0
info: { title: ${title}, version: 1.0.0 }
x-postern: { concurrency: ${concurrency} }
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
${paths}`
}

function path(template: string, more = ''): string {
  return `  ${template}: { get: { operationId: "${template}", ${more}responses: { default: { description: An answer } } } }\n`
}

const files = {
  'postern.yaml': `name: in-flight
version: 1.0.0
apis:
  - { definition: strict.yaml, basePath: /strict, backend: "\${BACKEND_URL}", sandboxBackend: "\${BACKEND_URL}" }
  - { definition: patient.yaml, basePath: /patient, backend: "\${BACKEND_URL}" }
issuers: [{ issuer: https://one.example.com, audiences: any, keys: keys/one.jwks.json }]
`,
  'policies.yaml': 'tiers: { One: { requests: 1, per: 1h } }\n',
  'strict.yaml': definition(
    'Strict',
    '{ api: 4, consumer: 2, production: 3 }',
    path('/a') + path('/limited', 'x-postern: { throttle: One }, ') + path('/tunnel', 'x-postern: { upgrade: { to: raw } }, '),
  ),
  'patient.yaml': definition('Patient', '{ api: 1, wait: 3s }', path('/a')),
}

export function inFlight(start: Start): void {
  describe('requests in flight', () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    let prepared: ProjectFolder
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared = new ProjectFolder({ 'keys/one.jwks.json': one.keySet, ...files })
      backend = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared?.remove()
    })

    const bearer = (azp: string, more: Readonly<Record<string, unknown>> = {}): string => one.bearer({ azp, ...more })
    const coded = ({ status, message }: Answer): number => (status === 200 ? 200 : JSON.parse(message.body.toString()).code)
    async function get(target: string, ...fields: readonly string[]): Promise<number> {
      return coded(await ask(gateway.port, requestText('GET', target, fields)))
    }
    let holds = 0
    /** A request that its backend has and does not answer. It has a target of its own: one whose client is gone may come late. */
    async function held(path: string, ...fields: readonly string[]): Promise<{ answer: Promise<number>; request: BackendRequest }> {
      const target = `${path}?held=${++holds}`
      const here = Promise.withResolvers<BackendRequest>()
      backend.on(target.slice(target.indexOf('/', 1)), here.resolve)
      const answer = get(target, ...fields)
      return { answer, request: await here.promise }
    }
    async function release({ answer, request }: { answer: Promise<number>; request: BackendRequest }): Promise<void> {
      await echo(request)
      assert.equal(await answer, 200)
    }
    /** Places are given back behind the answer: the next request may be there before, in another thread. */
    async function soon(target: string, ...fields: readonly string[]): Promise<void> {
      await until(async () => (await get(target, ...fields)) === 200, 'no place was given back')
    }

    test('of one consumer, of the backend, and of the API', async () => {
      const first = await held('/strict/a', bearer('a'))
      const second = await held('/strict/a', bearer('a'))
      assert.equal(await get('/strict/a', bearer('a')), 900800)
      const third = await held('/strict/a', bearer('b'))
      const refused = await ask(gateway.port, requestText('GET', '/strict/a', [bearer('b')]))
      assert.deepEqual([refused.status, coded(refused), refused.message.field('Retry-After')], [503, 900801, '1'])
      const sandbox = await held('/strict/a', bearer('b', { keytype: 'SANDBOX' }))
      assert.equal(await get('/strict/a', bearer('c', { keytype: 'SANDBOX' })), 900801)
      for (const each of [first, second, third, sandbox]) await release(each)
      await soon('/strict/a', bearer('a'))
    })

    test('a place is given back by whoever goes away, is refused, or is failed by its backend', async () => {
      const client = await Client.connect(gateway.port)
      const here = backend.once(() => {})
      client.send(requestText('GET', '/strict/a', [bearer('d')]))
      const { closed } = await here
      const second = await held('/strict/a', bearer('d'))
      assert.equal(await get('/strict/a', bearer('d')), 900800)
      client.socket.destroy()
      await closed
      await soon('/strict/a', bearer('d'))
      second.request.write('nonsense\r\n\r\n')
      assert.notEqual(await second.answer, 200)
      await soon('/strict/limited', bearer('d'))
      for (let attempt = 0; attempt < 5; attempt++) assert.equal(await get('/strict/limited', bearer('d')), 900802)
      const both = [await held('/strict/a', bearer('d')), await held('/strict/a', bearer('d'))]
      for (const each of both) await release(each)
    })

    test('a tunnel keeps its place until it is closed', async () => {
      const clients: Client[] = []
      for (let tunnel = 0; tunnel < 2; tunnel++) {
        const client = await Client.connect(gateway.port)
        const opened = backend.once((request) =>
          request.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: raw\r\n\r\n'),
        )
        client.send(requestText('GET', '/strict/tunnel', [bearer('t'), 'Connection: upgrade', 'Upgrade: raw']))
        await opened
        clients.push(client)
      }
      assert.equal(await get('/strict/a', bearer('t')), 900800)
      for (const client of clients) client.socket.destroy()
      await soon('/strict/a', bearer('t'))
    })

    test('where a request may wait, it gets the next place', async () => {
      const first = await held('/patient/a', bearer('p'))
      const seen = backend.requests.length
      const later = get('/patient/a', bearer('p'))
      const gone = await Client.connect(gateway.port)
      gone.send(requestText('GET', '/patient/a', [bearer('p')]))
      gone.socket.destroySoon()
      await gone.closed
      assert.equal(backend.requests.length, seen)
      await release(first)
      assert.equal(await later, 200)
      await soon('/patient/a', bearer('p'))
    })

    test('one that waits in vain is refused, and the refusal is counted', async () => {
      const first = await held('/patient/a', bearer('q'))
      assert.equal(await get('/patient/a', bearer('q')), 900801)
      await release(first)
      const { message } = await ask(gateway.adminPort, requestText('GET', '/metrics'))
      assert.match(message.body.toString(), /^postern_throttled_total\{operation="GET \/patient\/a",level="in-flight"\} [1-9]/m)
    })
  })
}
