/** What was revoked is refused, whatever it was revoked by, and nothing else is. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { Backend } from '../wire/backend.ts'
import { ask } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import { Issuer } from './issuer.ts'
import { ProjectFolder } from './project-folder.ts'
import type { RunningGateway, Start } from './running-gateway.ts'

const definition = `openapi: 3.1.0
info: { title: Revocable, version: 1.0.0 }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
    key: { type: apiKey, in: header, name: X-API-Key }
security: [{ token: [] }]
paths:
  /token: { get: { operationId: token, responses: { default: { description: An answer } } } }
  /open: { get: { operationId: open, security: [], responses: { default: { description: An answer } } } }
  /chat:
    x-postern: { backend: "\${CHAT_URL:-http://127.0.0.1:9}" }
    get: { operationId: chat, x-postern: { upgrade: websocket }, responses: { default: { description: An answer } } }
  /key: { get: { operationId: key, security: [{ key: [] }], responses: { default: { description: An answer } } } }
`

const project = `name: revocable
version: 1.0.0
apis: [{ definition: api.yaml, backend: "\${BACKEND_URL}" }]
issuers:
  - { issuer: https://one.example.com, audiences: [shop], keys: keys/one.json }
  - { issuer: https://two.example.com, audiences: [shop], keys: keys/two.json }
  - { issuer: https://three.example.com, audiences: [shop], keys: keys/three.json }
apiKeys: api-keys.yaml
`

const apiKeys = `keys:
  - { id: lost, digest: "sha256:${hash('sha256', 'k-lost')}" }
  - { id: kept, digest: "sha256:${hash('sha256', 'k-kept')}" }
`

export class RevocableProject extends ProjectFolder {
  readonly one: Issuer = new Issuer('https://one.example.com', 'one', 'RS256')
  readonly two: Issuer = new Issuer('https://two.example.com', 'two', 'ES256')
  readonly three: Issuer = new Issuer('https://three.example.com', 'three', 'ES256')

  /** `revocation`: what stands below that key of postern.yaml; `paths`: lines that are added to the definition's. */
  constructor(revocation: string, paths: string = '') {
    super({ 'postern.yaml': `${project}revocation: ${revocation}\n`, 'api.yaml': definition + paths, 'api-keys.yaml': apiKeys })
    this.write({ 'keys/one.json': this.one.keySet, 'keys/two.json': this.two.keySet, 'keys/three.json': this.three.keySet })
  }
}

/** Status, and the reason where it is no 200. */
export async function outcome(gateway: RunningGateway, target: string, field: string): Promise<string> {
  const { status, message } = await ask(gateway.port, requestText('GET', target, [field]))
  if (status === 200) return '200'
  const description = /error_description="([^"]*)"/.exec(message.field('www-authenticate') ?? '')?.[1] ?? ''
  return `${status} ${JSON.parse(message.body.toString()).code} ${description}`.trim()
}

/** Of a token of ES256: with (r, -s) in the place of (r, s). */
export function otherForm(token: string): string {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const end = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(end), 'base64url')
  const other = order - BigInt(`0x${signature.toString('hex', 32)}`)
  return (
    token.slice(0, end) + Buffer.from(signature.toString('hex', 0, 32) + other.toString(16).padStart(64, '0'), 'hex').toString('base64url')
  )
}

const revoked = '401 900901 The access token was revoked'

export function revocations(start: Start): void {
  describe('what a snapshot says is revoked', () => {
    const prepared = new RevocableProject('{ snapshot: revoked.yaml }')
    const { one, two, three } = prepared
    const now = Math.floor(Date.now() / 1000)
    const signed = { bySignature: one.token({ jti: 'by-signature' }), byDigest: one.token({ jti: 'by-digest' }) }
    const elliptic = { bySignature: two.token(), byDigest: two.token({ sub: 'bob' }) }
    let backend: Backend
    let gateway: RunningGateway

    before(async () => {
      prepared.write({
        'revoked.yaml': `- { jti: j-any, exp: ${now + 3600} }
- { jti: j-one, iss: "https://one.example.com" }
- { jti: j-over, exp: ${now - 3600} }
- { signature: "${signed.bySignature.split('.')[2]}" }
- { digest: "${hash('sha256', signed.byDigest, 'base64url')}" }
- { signature: "${elliptic.bySignature.split('.')[2]}" }
- { digest: "${hash('sha256', elliptic.byDigest, 'base64url')}" }
- { client: c-lost, before: ${now + 3600} }
- { client: c-renewed, before: ${now - 60} }
- { user: mallory, before: ${now + 3600}, iss: "https://one.example.com" }
- { kid: three }
- { apiKey: lost }
`,
      })
      backend = await Backend.start()
      gateway = await start(prepared, { BACKEND_URL: backend.url })
    })
    after(async () => {
      await gateway.stop()
      await backend.stop()
      prepared.remove()
    })

    const token = (text: string): Promise<string> => outcome(gateway, '/token', `Authorization: Bearer ${text}`)

    it('is refused when it is new, and when it is remembered', async () => {
      const lost = one.token({ jti: 'j-any' })
      for (const _ of [1, 2, 3]) assert.equal(await token(lost), revoked)
    })

    it('leaves all others alone', async () => {
      for (const claims of [{}, { jti: 'j-other' }, { jti: 'j-an' }, { jti: 'j-over' }, { azp: 'j-any' }, { sub: 'c-lost' }]) {
        const text = one.token(claims)
        for (const _ of [1, 2]) assert.equal(await token(text), '200', JSON.stringify(claims))
      }
    })

    it('is a token of any issuer, or of one', async () => {
      assert.equal(await token(two.token({ jti: 'j-any' })), revoked)
      assert.equal(await token(one.token({ jti: 'j-one' })), revoked)
      assert.equal(await token(two.token({ jti: 'j-one' })), '200')
    })

    it('is a token by its signature or its digest', async () => {
      assert.equal(await token(signed.bySignature), revoked)
      assert.equal(await token(signed.byDigest), revoked)
      assert.equal(await token(one.token({ jti: 'by-digest', other: true })), '200')
    })

    it('is all that a client was given before a time', async () => {
      assert.equal(await token(one.token({ azp: 'c-lost' })), revoked)
      assert.equal(await token(two.token({ client_id: 'c-lost' })), revoked)
      assert.equal(await token(one.token({ azp: 'c-renewed' })), '200')
      assert.equal(await token(one.token({ azp: 'c-renewed', iat: now - 120 })), revoked)
      assert.equal(await token(one.token({ azp: 'c-renewed', iat: undefined })), revoked, 'nobody knows when it was issued')
    })

    it('is all that a user of an issuer was given before a time', async () => {
      assert.equal(await token(one.token({ sub: 'mallory' })), revoked)
      assert.equal(await token(two.token({ sub: 'mallory' })), '200')
    })

    it('is all that a key has signed', async () => {
      assert.equal(await token(three.token()), revoked)
    })

    it('is what a key has signed, whatever the token says of that: whoever has stolen the key writes the header', async () => {
      assert.equal(await token(three.token({}, { kid: undefined })), revoked)
    })

    it('is a token of an elliptic key in its other form, which anybody can make', async () => {
      for (const lost of [elliptic.bySignature, elliptic.byDigest]) {
        assert.equal(await token(lost), revoked)
        assert.equal(await token(otherForm(lost)), revoked)
      }
      const kept = two.token({ jti: 'other-form' })
      assert.equal(await token(otherForm(kept)), '200')
    })

    it('is an API key', async () => {
      assert.equal(await outcome(gateway, '/key', 'X-API-Key: k-lost'), '401 900901')
      assert.equal(await outcome(gateway, '/key', 'X-API-Key: k-kept'), '200')
    })

    it('says in the log as of which state of knowledge a request was judged', async () => {
      await outcome(gateway, '/token?1', `Authorization: Bearer ${one.token({ sub: 'told' })}`)
      await outcome(gateway, '/token', `Authorization: Bearer ${one.token({ jti: 'j-any' })}`)
      await outcome(gateway, '/key', 'X-API-Key: k-kept')
      await outcome(gateway, '/open', 'X-Nothing: 1')
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      const epoch = Number(/^postern_revocation_epoch (\d+)$/m.exec(text)?.[1])
      assert.ok(epoch > 1)
      const lines = [
        { operation: 'token', status: 200 },
        { operation: 'token', status: 401 },
        { operation: 'key', status: 200 },
      ]
      for (const { operation, status } of lines) {
        const line = await gateway.log.find((each) => each.operation === operation && each.status === status)
        assert.equal(line.revocationEpoch, epoch)
      }
      assert.equal((await gateway.log.find(({ operation }) => operation === 'open')).revocationEpoch, undefined)
    })

    it('is counted', async () => {
      const text = await (await fetch(`http://127.0.0.1:${gateway.adminPort}/metrics`)).text()
      assert.match(text, /^postern_revocation_entries 11$/m)
      assert.match(text, /^postern_revocation_source_entries\{source="snapshot"\} 11$/m)
      assert.match(text, /^postern_auth_failures_total\{reason="revoked"\} [1-9]/m)
      assert.match(text, /^postern_auth_failures_total\{reason="api-key-revoked"\} 1$/m)
    })
  })
}
