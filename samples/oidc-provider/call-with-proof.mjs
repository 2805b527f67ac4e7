// Has a token bound to a key (DPoP, RFC 9449) and calls the gateway with it: node call-with-proof.mjs <provider> <url>, with the client in CLIENT.
import { generateKeyPairSync, hash, randomUUID, sign } from 'node:crypto'

const [provider, url] = process.argv.slice(2)
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

function proof(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) }
  const text = `${encode(header)}.${encode({ jti: randomUUID(), iat: Math.floor(Date.now() / 1000), ...claims })}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const granted = await fetch(`${provider}/token`, {
  method: 'POST',
  headers: { authorization: `Basic ${btoa(process.env.CLIENT)}`, dpop: proof({ htm: 'POST', htu: `${provider}/token` }) },
  body: new URLSearchParams({ grant_type: 'client_credentials', resource: 'https://books.example.com', scope: 'books:read' }),
})
const { access_token: token, token_type: type } = await granted.json()
console.log(`a token of type ${type}`)

const ath = hash('sha256', token, 'base64url')
const good = await fetch(url, { headers: { authorization: `DPoP ${token}`, dpop: proof({ htm: 'GET', htu: url, ath }) } })
console.log(`with a proof: ${good.status}`)
const stolen = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
console.log(`without one: ${stolen.status}`)
