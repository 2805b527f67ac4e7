/** Revocations from an etcd as operators should have it: over TLS, and with a user of the gateways' own. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { TestAuthority } from '../wire/certificates.ts'
import { Etcd, etcdIsMissing } from '../wire/etcd.ts'
import { becomes } from './revocation-feeds.ts'
import { outcome, RevocableProject } from './revocations.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const feed = `{ type: etcd, endpoints: ["\${ETCD_URL}"], username: gateway, password: "\${ETCD_PASSWORD}", authorities: [etcd.pem] }`

export function guardedEtcd(start: Start): void {
  describe('revocations from an etcd with TLS and users', { skip: etcdIsMissing }, () => {
    const authority = new TestAuthority('etcd')
    let project: RevocableProject
    let etcd: Etcd
    let backend: Backend

    before(async () => {
      project = new RevocableProject(`{ feeds: [${feed}], onStale: { after: 30s, action: deny } }`)
      project.write({ 'etcd.pem': authority.certificate })
      etcd = await Etcd.start(authority.identity(['127.0.0.1']))
      await etcd.guard({ name: 'gateway', password: 'reads-only' }, '/postern/revoked')
      await etcd.put('/postern/revoked/jti/from-before', '')
      backend = await Backend.start()
    })
    after(async () => {
      await Promise.all([etcd.end(), backend.stop()])
      project?.remove()
    })

    function startWith(password: string): Promise<RunningGateway> {
      const addresses = { BACKEND_URL: backend.url, CHAT_URL: backend.url, ETCD_URL: etcd.url }
      return start(project, { ...addresses, ETCD_PASSWORD: password })
    }

    const ofJti = (gateway: RunningGateway, jti: string): Promise<string> =>
      outcome(gateway, '/token', `Authorization: Bearer ${project.one.token({ jti })}`)

    it('are read and watched', async () => {
      const gateway = await startWith('reads-only')
      try {
        await becomes('200', () => ofJti(gateway, 'good'))
        assert.equal(await ofJti(gateway, 'from-before'), '401 900901 The access token was revoked')
        await etcd.put('/postern/revoked/jti/new', '')
        await becomes('401 900901 The access token was revoked', () => ofJti(gateway, 'new'))
      } finally {
        await gateway.stop()
      }
    })

    it('are unknown with a wrong password: nobody is served, and the log does not say it', async () => {
      const gateway = await startWith('guessed-password')
      try {
        await gateway.log.find(({ event }) => event === 'revocation-feed-failed')
        assert.equal(await ofJti(gateway, 'good'), '503 50300')
        assert.doesNotMatch(gateway.log.text, /guessed-password/)
      } finally {
        await gateway.stop()
      }
    })
  })
}
