/** What a topic says is revoked, and the list beside it, which has what the topic lost: with a real RabbitMQ. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { amqpMap, jmsMap } from '../wire/jms-map.ts'
import { Rabbit, rabbitIsMissing } from '../wire/rabbitmq.ts'
import { becomes, ListServer } from './revocation-feeds.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const revoked = '401 900901 The access token was revoked'
const topic = 'tokenRevocation'

const older = 'type: amqp'
const newer = 'type: amqp10, topic: /topic/tokenRevocation'

function project(every: string, after: string, type: string): RevocableProject {
  const amqp = `{ ${type}, url: "\${AMQP_URL}", username: gateway, password: "\${AMQP_PASSWORD}" }`
  return new RevocableProject(`{ feeds: [${amqp}, { type: list, url: "\${LIST_URL}", every: ${every} }], onStale: { after: ${after} } }`)
}

export function revocationTopics(name: string, start: Start): void {
  describe(`for ${name}`, { skip: rabbitIsMissing, concurrency: 1 }, () => {
    let often: RevocableProject
    let seldom: RevocableProject
    let otherwise: RevocableProject
    let rabbit: Rabbit
    let list: ListServer
    let backend: Backend
    /** Of the first, the list is asked often; of the second, when the topic has lost something. */
    let gateway: RunningGateway
    let patient: RunningGateway
    /** Listens to the same topic over AMQP 1.0. */
    let modern: RunningGateway

    before(async () => {
      often = project('2s', '8s', older)
      seldom = project('1h', '2h', older)
      otherwise = project('2s', '8s', newer)
      rabbit = await Rabbit.start({ user: 'gateway', password: 's3cret', plugins: ['rabbitmq_amqp1_0'] })
      list = await ListServer.start()
      list.failing = 500
      backend = await Backend.start()
      const settings = {
        BACKEND_URL: backend.url,
        AMQP_URL: `amqp://127.0.0.1:${rabbit.port}`,
        AMQP_PASSWORD: 's3cret',
        LIST_URL: list.url,
      }
      const from = (prepared: RevocableProject): Promise<RunningGateway> => start(prepared, settings)
      gateway = await from(often)
      patient = await from(seldom)
      modern = await from(otherwise)
    })
    after(async () => {
      await Promise.all([gateway?.stop(), patient?.stop(), modern?.stop()])
      await Promise.all([rabbit?.stop(), list?.end(), backend?.stop()])
      often?.remove()
      seldom?.remove()
      otherwise?.remove()
    })

    const token = (text: string): Promise<string> => outcome(gateway, '/token', `Authorization: Bearer ${text}`)
    const ofJti = (jti: string): Promise<string> => token(often.one.token({ jti }))
    const ofPatient = (jti: string): Promise<string> => outcome(patient, '/token', seldom.one.bearer({ jti }))
    const ofModern = (jti: string): Promise<string> => outcome(modern, '/token', otherwise.one.bearer({ jti }))
    const readyIs = async ({ adminPort }: RunningGateway): Promise<number> => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).status

    it('are not enough without the list', async () => {
      assert.equal(await readyIs(gateway), 503)
      assert.equal(await ofJti('any'), '503 50300')
      list.failing = 0
      await becomes(200, () => readyIs(gateway))
      await becomes('200', () => ofJti('any'))
      await becomes(200, () => readyIs(patient))
      await becomes(200, () => readyIs(modern))
    })

    it('in all forms of WSO2, and in Postern’s own', async () => {
      const { one } = often
      const kept = one.token({ jti: 'kept' })
      const signed = one.token({ jti: 'signed' })
      const inAMinute = Date.now() + 60_000
      const event = (payloadData: unknown): string => JSON.stringify({ event: { payloadData } })
      await rabbit.publish(topic, jmsMap({ revokedToken: 'of-a-map', ttl: '5000' }), { contentType: 'jms/map-message' })
      const fields = {
        eventId: 'e',
        revokedToken: 'of-a-new-map',
        ttl: '5000',
        expiryTime: BigInt(inAMinute),
        type: 'Default',
        tenantId: -1234,
      }
      await rabbit.publish(topic, amqpMap(fields), { contentType: 'amqp/map' })
      await rabbit.publish(topic, event({ revokedToken: 'of-text', ttl: 5000, expiryTime: inAMinute }))
      await rabbit.publish(topic, event({ revokedToken: signed, ttl: '5000', expiryTime: inAMinute, type: 'JWT' }))
      await rabbit.publish(topic, event({ consumerKey: 'lost-client', revocationTime: inAMinute, organization: 'carbon.super' }))
      await rabbit.publish(topic, event({ entityId: 'mallory', entityType: 'USER_ID', revocationTime: inAMinute }))
      await rabbit.publish(topic, `{"jti":"own","iss":"${one.name}","exp":${Math.ceil(inAMinute / 1000)}}`)
      for (const jti of ['of-a-map', 'of-a-new-map', 'of-text', 'own']) await becomes(revoked, () => ofJti(jti))
      await becomes(revoked, () => token(signed))
      await becomes(revoked, () => token(one.token({ azp: 'lost-client' })))
      await becomes(revoked, () => token(one.token({ sub: 'mallory' })))
      assert.equal(await token(kept), '200')
      await becomes(revoked, () => ofModern('of-text'))
      assert.equal(await ofModern('kept'), '200')
    })

    it('whatever else is sent there', async () => {
      for (const body of ['', 'nonsense', '{"jti":5}', '['.repeat(50_000), Buffer.alloc(2_000_000, 'x')]) await rabbit.publish(topic, body)
      await rabbit.publish(topic, Buffer.from([0x7f, 0xff, 0xff, 0xff]), { contentType: 'jms/map-message' })
      // Of such an object nobody can make text.
      await rabbit.publish(topic, '{"entityId":"a","entityType":{"toString":0,"valueOf":0},"revocationTime":5}')
      await rabbit.publish(topic, '{"jti":"after-nonsense"}')
      await becomes(revoked, () => ofJti('after-nonsense'))
      const rejected = async ({ adminPort }: RunningGateway): Promise<string | undefined> => {
        const text = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text()
        return /^postern_revocation_rejected_total\{feed="0"\} (\d+)$/m.exec(text)?.[1]
      }
      assert.equal(await rejected(gateway), '7')
      await becomes(revoked, () => ofModern('after-nonsense'))
      // Also the two maps of the other protocol, which brokers hand on as bytes.
      assert.equal(await rejected(modern), '9')
    })

    it('while the broker is away, by the list; what was known stays known; after too long nobody is served', async () => {
      await rabbit.kill()
      assert.equal(await ofJti('own'), revoked)
      list.entries = [{ jti: 'meanwhile' }]
      await becomes(revoked, () => ofJti('meanwhile'))
      await becomes('503 50300', () => ofJti('any'))
      await becomes('503 50300', () => ofModern('any'))
      assert.equal(await ofPatient('meanwhile'), '200', 'its list is asked once an hour')
      await rabbit.begin()
      await becomes('200', () => ofJti('any'))
      await becomes(revoked, () => ofPatient('meanwhile'))
      await rabbit.publish(topic, '{"jti":"afterwards"}')
      await becomes(revoked, () => ofJti('afterwards'))
      await becomes(revoked, () => ofPatient('afterwards'))
      await becomes('200', () => ofModern('any'))
      await becomes(revoked, () => ofModern('meanwhile'))
      await rabbit.publish(topic, '{"jti":"still-afterwards"}')
      await becomes(revoked, () => ofModern('still-afterwards'))
      assert.equal(await ofModern('of-text'), revoked)
      for (const jti of ['own', 'of-text', 'of-a-map']) assert.equal(await ofJti(jti), revoked)
    })

    it('not believed when the broker says nothing, and again when it does', async () => {
      rabbit.freeze()
      await becomes('503 50300', () => ofJti('any'))
      await becomes('503 50300', () => ofModern('any'))
      assert.equal(await ofJti('own'), revoked)
      rabbit.wake()
      await becomes('200', () => ofJti('any'))
      await becomes('200', () => ofModern('any'))
      await rabbit.publish(topic, '{"jti":"awake"}')
      await becomes(revoked, () => ofJti('awake'))
      await becomes(revoked, () => ofModern('awake'))
    })
  })
}
