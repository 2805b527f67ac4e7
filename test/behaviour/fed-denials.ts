/** Callers that are denied while the gateway runs, from a real etcd. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { Etcd, etcdIsMissing } from '../wire/etcd.ts'
import { until } from '../wire/until.ts'
import type { Issuer } from './issuer.ts'
import { becomes } from './revocation-feeds.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const denied = '403 900805'

export function fedDenials(start: Start): void {
  describe('callers that a feed denies', { skip: etcdIsMissing }, () => {
    let project: RevocableProject
    let one: Issuer
    let etcd: Etcd
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      project = new RevocableProject('{ feeds: [{ type: etcd, endpoints: ["${ETCD_URL}"] }], deny: true, onStale: { after: 6s } }')
      one = project.one
      etcd = await Etcd.start()
      await etcd.put('/postern/revoked/deny/user/from-before', '')
      backend = await Backend.start()
      gateway = await start(project, { BACKEND_URL: backend.url, CHAT_URL: backend.url, ETCD_URL: etcd.url })
    })
    after(async () => {
      await gateway?.stop()
      await Promise.all([etcd?.end(), backend?.stop()])
      project?.remove()
    })

    const open = (): Promise<string> => outcome(gateway, '/open', 'Accept: */*')
    const bearer = (claims: Parameters<Issuer['bearer']>[0]): (() => Promise<string>) => {
      const field = one.bearer(claims)
      return () => outcome(gateway, '/token', field)
    }

    it('by application and user, whatever else they show, and the others are not', async () => {
      const [mallory, alice, ofSeventeen] = [bearer({ sub: 'mallory' }), bearer({ sub: 'alice' }), bearer({ application: { id: 17 } })]
      await becomes(denied, bearer({ sub: 'from-before' }))
      await becomes('200', mallory)
      await becomes('200', ofSeventeen)
      await etcd.put('/postern/revoked/deny/user/mallory', '')
      await etcd.put('/postern/revoked/deny/application/17', '{}')
      await becomes(denied, mallory)
      await becomes(denied, ofSeventeen)
      assert.equal(await alice(), '200')
      assert.equal(await open(), '200')
    })

    it('until the key is deleted', async () => {
      await etcd.delete('/postern/revoked/deny/user/mallory')
      await becomes('200', bearer({ sub: 'mallory' }))
    })

    it('until its end, and no longer', async () => {
      const caller = bearer({ sub: 'for-a-while' })
      await until(async () => {
        // Put off until it was seen: on a busy machine a few seconds may pass unseen.
        await etcd.put('/postern/revoked/deny/user/for-a-while', `{"exp":${Math.ceil(Date.now() / 1000) + 3}}`)
        return (await caller()) === denied
      })
      await becomes('200', caller)
    })

    it('and whose key says an end that is over is not, whatever it said before, and comes and goes anew', async () => {
      const caller = bearer({ sub: 'for-a-while' })
      const key = '/postern/revoked/deny/user/for-a-while'
      // It had ended when it was deleted: what is written now is no second key beside it.
      await etcd.delete(key)
      for (const value of ['', '{}']) {
        await etcd.put(key, value)
        await becomes(denied, caller)
        await etcd.delete(key)
        await becomes('200', caller)
      }
      await etcd.put(key, '')
      await becomes(denied, caller)
      await etcd.put(key, '{"exp":1700000000}')
      await becomes('200', caller)
    })

    it('by address and by API, public operations too', async () => {
      for (const key of ['address/127.0.0.0/8', 'api/Revocable']) {
        await becomes('200', open)
        await etcd.put(`/postern/revoked/deny/${key}`, '')
        await becomes(denied, open)
        await becomes(denied, bearer({ sub: 'alice' }))
        await etcd.delete(`/postern/revoked/deny/${key}`)
      }
      await becomes('200', open)
    })

    it('and nobody is served, with a credential or without, when nobody knows who is denied', async () => {
      await etcd.kill()
      await becomes('503 50300', open)
      await becomes('503 50300', bearer({ sub: 'alice' }))
    })
  })
}
