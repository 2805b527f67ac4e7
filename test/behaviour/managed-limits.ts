/** Limits that a Traffic Manager of WSO2 counts, through a real RabbitMQ: a stand-in takes the events, counts, and says what it decides. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { amqpMap } from '../wire/jms-map.ts'
import { Rabbit, rabbitIsMissing } from '../wire/rabbitmq.ts'
import { requestText } from '../wire/request-text.ts'
import { StandInManager, topic } from '../wire/traffic-manager.ts'
import { until } from '../wire/until.ts'
import { Issuer } from './issuer.ts'
import { becomes } from './revocation-feeds.ts'
import { outcome } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const project = (whenAway: string): string => `name: managed
version: 1.0.0
apis: [{ definition: api.yaml, backend: "\${BACKEND_URL}" }]
issuers: [{ issuer: https://one.example.com, audiences: [shop], keys: keys/one.json }]
throttling:
  store: trafficManager
  whenAway: ${whenAway}
  replicas: 2
  trafficManager:
    events: { url: "\${TM_EVENTS_URL}" }
    data: { url: "\${TM_DATA_URL}" }
    username: gateway
    password: "\${TM_PASSWORD}"
    decisions: { url: "\${TM_AMQP_URL}" }
`

const definition = `openapi: 3.1.0
info: { title: Pets, version: 1.0.0 }
x-wso2-basePath: /pets
components: { securitySchemes: { token: { type: http, scheme: bearer } } }
security: [{ token: [] }]
paths:
  /few: { get: { operationId: few, x-postern: { throttle: { tier: Few, by: api } }, responses: { default: { description: An answer } } } }
  /mine: { get: { operationId: mine, x-postern: { throttle: Few }, responses: { default: { description: An answer } } } }
  /many: { get: { operationId: many, x-postern: { throttle: { tier: Many, by: api } }, responses: { default: { description: An answer } } } }
  /free: { get: { operationId: free, responses: { default: { description: An answer } } } }
`

const policies = `tiers:
  Few: { requests: 4, per: 1h }
  Many: { requests: 1000, per: 1h }
`

const blocked = '403 900805'
const throttled = '429 900802'

export function managedLimits(name: string, start: Start, threads: number = 1): void {
  const all = String(threads)
  describe(`limits that a Traffic Manager counts, for ${name}`, { skip: rabbitIsMissing }, () => {
    const one = new Issuer('https://one.example.com', 'one', 'RS256')
    const folders: string[] = []
    let rabbit: Rabbit
    let manager: StandInManager
    let backend: Backend
    /** Counts alone while the manager is away. */
    let gateway: RunningGateway
    /** Refuses then. */
    let strict: RunningGateway

    const started = async (whenAway: string): Promise<RunningGateway> => {
      const folder = mkdtempSync(join(tmpdir(), 'postern-managed-'))
      folders.push(folder)
      mkdirSync(join(folder, 'keys'))
      writeFileSync(join(folder, 'postern.yaml'), project(whenAway))
      writeFileSync(join(folder, 'api.yaml'), definition)
      writeFileSync(join(folder, 'policies.yaml'), policies)
      writeFileSync(join(folder, 'keys/one.json'), one.keySet)
      return await start(
        { folder },
        {
          BACKEND_URL: backend.url,
          TM_EVENTS_URL: `${manager.url}/endpoints`,
          TM_DATA_URL: `${manager.url}/data/`,
          TM_PASSWORD: 's3cret',
          TM_AMQP_URL: rabbit.url,
          ...(threads === 1 ? {} : { POSTERN_WORKERS: all }),
        },
      )
    }

    before(async () => {
      rabbit = await Rabbit.start()
      manager = await StandInManager.start(rabbit, { Few: 4, Many: 1_000_000 })
      manager.templates = ['$userId:$apiContext:$apiVersion']
      manager.blocks = { user: ['blocked-before@carbon.super'], ip: [{ id: 1, tenantDomain: 'other.example', fixedIp: '127.0.0.1' }] }
      backend = await Backend.start()
      gateway = await started('local')
      strict = await started('deny')
      await becomes('0', () => metric(gateway, 'postern_throttle_store_away'))
      await becomes('0', () => metric(strict, 'postern_throttle_store_away'))
    })
    after(async () => {
      await Promise.all([gateway?.stop(), strict?.stop()])
      await Promise.all([rabbit?.stop(), manager?.end(), backend?.stop()])
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })

    const get = (path: string, claims: Readonly<Record<string, unknown>> = {}, of = gateway): Promise<string> =>
      outcome(of, `/pets${path}`, one.bearer(claims))
    /** What the manager was told of the last request of a user. */
    const told = async (user: string): Promise<(typeof manager.events)[number]> => {
      await becomes(true, async () => manager.events.some(({ userId }) => userId === user))
      return manager.events.findLast(({ userId }) => userId === user)!
    }

    it('as the manager counts them, over all gateways', async () => {
      assert.deepEqual(
        [await get('/few'), await get('/few', {}, strict), await get('/few'), await get('/few')],
        ['200', '200', '200', '200'],
      )
      await becomes(throttled, () => get('/few'))
      await becomes(throttled, () => get('/few', { sub: 'somebody else' }, strict))
      const { message } = await ask(gateway.port, requestText('GET', '/pets/few', [one.bearer()]))
      const wait = Number(message.field('Retry-After'))
      // Until the quarter of a second is over in which the time was noticed.
      assert.ok(wait > 3_000 && wait <= 3_601, `Retry-After: ${wait}`)
    })

    it('for each consumer, where the project counts so', async () => {
      const [alice, bob] = [
        { sub: 'alice', azp: 'of-alice' },
        { sub: 'bob', azp: 'of-bob' },
      ]
      for (let count = 0; count < 4; count++) assert.equal(await get('/mine', alice), '200')
      await becomes(throttled, () => get('/mine', alice))
      assert.equal(await get('/mine', bob), '200')
      assert.equal(await get('/mine', { sub: 'mallory', azp: 'of-alice_default' }), '200')
    })

    it('for whoever has a name longer than what a decision may say', async () => {
      const long = { sub: 'long', azp: 'l'.repeat(3_000) }
      for (let count = 0; count < 4; count++) assert.equal(await get('/mine', long), '200')
      await becomes(throttled, () => get('/mine', long))
      assert.equal(await get('/mine', { sub: 'long', azp: `${'l'.repeat(2_999)}m` }), '200')
    })

    it('told with everything that its policies ask for', async () => {
      assert.equal(await get('/many', { sub: 'carol', azp: 'of-carol', application: { id: 17 } }), '200')
      const { messageID, properties, ...event } = await told('carol')
      assert.match(messageID!, /^\S{8,}$/)
      assert.deepEqual(JSON.parse(properties!), { ip: 2_130_706_433 })
      assert.deepEqual(event, {
        appKey: 'application:0:17',
        appTier: 'Unlimited',
        apiKey: '/pets/1.0.0:1.0.0',
        apiTier: 'Unlimited',
        subscriptionKey: 'application:0:17:/pets/1.0.0:1.0.0',
        subscriptionTier: 'Unlimited',
        resourceKey: '/pets/1.0.0/many:GET',
        resourceTier: 'Many',
        userId: 'carol',
        apiContext: '/pets/1.0.0',
        apiVersion: '1.0.0',
        appTenant: 'carbon.super',
        apiTenant: 'carbon.super',
        appId: '17',
        apiName: 'Pets',
      })
      assert.deepEqual([...manager.authorizations], [`Basic ${Buffer.from('gateway:s3cret').toString('base64')}`])
    })

    it('by decisions in every form, until they are taken back', async () => {
      const key = '/pets/1.0.0/many:GET_default'
      await manager.throttle(key)
      await becomes(throttled, () => get('/many'))
      await manager.release(key)
      await becomes('200', () => get('/many'))
      const fields = { throttleKey: key, isThrottled: true, expiryTimeStamp: BigInt(Date.now() + 60_000) }
      await rabbit.publish(topic, amqpMap(fields), { contentType: 'amqp/map' })
      await becomes(throttled, () => get('/many'))
      await manager.release(key)
      await becomes('200', () => get('/many'))
      await manager.say({ throttleKey: key, isThrottled: true, expiryTimeStamp: Date.now() - 1_000 })
      await manager.throttle('/pets/1.0.0/free:GET')
      assert.equal(await get('/many'), '200', 'it has ended')
    })

    it('for those whom the conditions of a decision are about', async () => {
      const conditions = (address: string): string =>
        Buffer.from(JSON.stringify([{ iprange: { startingIp: '2130706432', endingIp: address, invert: false } }])).toString('base64url')
      const key = '/pets/1.0.0/many:GET'
      await manager.throttle(`${key}_condition_0`, { evaluatedConditions: conditions('2130706432') })
      await manager.throttle(`${key}_default`, { evaluatedConditions: conditions('2130706433') })
      await manager.throttle(`${key}_condition_1`, { evaluatedConditions: conditions('2130706434') })
      await becomes(throttled, () => get('/many'))
      await manager.release(`${key}_condition_1`)
      await becomes('200', () => get('/many'))
      await manager.release(`${key}_condition_0`)
      await manager.release(`${key}_default`)
      await manager.throttle(`${key}_condition_2`, { evaluatedConditions: 'nonsense' })
      await becomes(throttled, () => get('/many'))
      await manager.release(`${key}_condition_2`)
      await becomes('200', () => get('/many'))
    })

    it('by key templates, also of operations without a tier', async () => {
      await manager.throttle('dave@carbon.super:/pets/1.0.0:1.0.0')
      await manager.throttle('dave:/pets/1.0.0:1.0.0')
      await becomes('429 900806', () => get('/free', { sub: 'dave' }))
      assert.equal(await get('/free', { sub: 'erin' }), '200')
      await manager.say({ keyTemplateValue: '$apiContext', keyTemplateState: 'add' })
      await manager.throttle('/pets/1.0.0')
      await becomes('429 900806', () => get('/free', { sub: 'erin' }))
      await manager.say({ keyTemplateValue: '$apiContext', keyTemplateState: 'remove' })
      await becomes('200', () => get('/free', { sub: 'erin' }))
    })

    it('and whom it blocks, until it does not', async () => {
      assert.equal(await get('/free', { sub: 'blocked-before' }), blocked)
      assert.equal(await get('/free', { sub: 'blocked-before@carbon.super' }), blocked)
      const frank = { sub: 'frank', application: { id: 5, name: 'Shop', owner: 'admin' } }
      for (const [condition, value, more] of [
        ['USER', 'frank@carbon.super', {}],
        ['APPLICATION', 'admin:Shop', {}],
        ['CUSTOM', 'frank:/pets/1.0.0:1.0.0', {}],
        ['API', '/pets/1.0.0', {}],
        ['IP', JSON.stringify({ fixedIp: '127.0.0.1', invert: false }), { id: 7 }],
        ['IP', 'carbon.super:127.0.0.1', {}],
        ['IPRANGE', JSON.stringify({ startingIp: '127.0.0.0', endingIp: '127.0.0.9', invert: false }), { id: 8 }],
        ['IPRANGE', JSON.stringify({ startingIp: '10.0.0.0', endingIp: '10.0.0.9', invert: true }), { id: 9 }],
      ] as const) {
        await soon('200', () => get('/free', frank))
        await manager.block(condition, value, true, more)
        await soon(blocked, () => get('/free', frank))
        await manager.block(condition, value, false, more)
      }
      await becomes('200', () => get('/free', frank))
      await manager.block('USER', 'frank', true, { tenantDomain: 'other.example' })
      await manager.block('USER', 'grace', true)
      await becomes(blocked, () => get('/free', { sub: 'grace' }))
      assert.equal(await get('/free', frank), '200', 'another tenant’s')
    })

    it('whatever else is said there', async () => {
      const before = Number(await metric(gateway, 'postern_throttle_notices_rejected_total'))
      const nonsense = [
        '',
        'x',
        '[]]',
        '{"throttleKey":5,"isThrottled":true}',
        '{"blockingCondition":"ALL","conditionValue":"x"}',
        '[null]',
      ]
      for (const body of nonsense) await rabbit.publish(topic, body)
      await rabbit.publish(topic, Buffer.from([0x7f, 0xff]), { contentType: 'jms/map-message' })
      await manager.throttle('/pets/1.0.0/many:GET_default')
      await becomes(throttled, () => get('/many'))
      assert.equal(Number(await metric(gateway, 'postern_throttle_notices_rejected_total')) - before, nonsense.length + 1)
      await manager.release('/pets/1.0.0/many:GET_default')
    })

    it('while it takes no events, as the project says, and afterwards as before', async () => {
      await manager.block('CUSTOM', 'ivan:/pets/1.0.0:1.0.0', true)
      await becomes(blocked, () => get('/free', { sub: 'ivan' }))
      manager.failing = 503
      await becomes(all, async () => {
        await get('/free', {}, gateway)
        return await metric(gateway, 'postern_throttle_store_away')
      })
      await becomes('503 50300', () => get('/free', {}, strict))
      assert.equal(await get('/free', { sub: 'ivan' }), blocked, 'by a key, as before')
      // Half of the limit is this gateway's.
      const statuses = [await get('/few'), await get('/few'), await get('/few')]
      assert.deepEqual(statuses, ['200', '200', throttled])
      const log = await gateway.log.find(({ event, problem }) => event === 'throttle-store' && /status 503/.test(String(problem)))
      assert.match(String(log.problem), /this gateway counts alone/)
      manager.failing = 0
      await becomes('0', () => metric(gateway, 'postern_throttle_store_away'))
      await becomes(throttled, () => get('/few'))
      await becomes('200', () => get('/free', {}, strict))
    })

    it('while it is not heard, and when it is again, with whom it blocked meanwhile', async () => {
      await rabbit.kill()
      await becomes(all, () => metric(gateway, 'postern_throttle_store_away'))
      await becomes('503 50300', () => get('/free', {}, strict))
      assert.equal(await get('/free', { sub: 'grace' }), blocked, 'what is known stays known')
      manager.blocks = { user: ['heidi'] }
      await rabbit.begin()
      await becomes('0', () => metric(gateway, 'postern_throttle_store_away'))
      await becomes(blocked, () => get('/free', { sub: 'heidi' }))
      await becomes('200', () => get('/free', { sub: 'grace' }))
      await becomes('200', () => get('/free', {}, strict))
      assert.equal(await get('/few'), throttled, 'until its hour is over')
    })
  })
}

/** What one thread hears, all of them know. */
async function soon(wanted: string, ask: () => Promise<string>): Promise<void> {
  await until(async () => (await ask()) === wanted, `it does not become ${wanted}`)
}

/** Of all threads. */
async function metric({ adminPort }: RunningGateway, name: string): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
  return new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]
}
