/** More than one credential, or one where none is looked for: what two readers could understand differently is refused. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { GuardedGateway } from './guarded-gateway.ts'

const missing = 900902
const invalid = 900901
const twice = 40000

describe('credentials in several places', () => {
  let gateway: GuardedGateway
  let token: string
  let key: string
  let pair: string
  before(async () => {
    gateway = await GuardedGateway.start()
    token = gateway.good('token')
    key = gateway.good('header')
    pair = gateway.good('basic')
  })
  after(() => gateway.stop())

  function holds(what: string, target: () => string, lines: () => readonly string[], expected: number): void {
    it(what, async () => {
      const { requests } = gateway.backend
      const { length } = requests
      assert.equal(await gateway.overHttp1(target(), lines()), expected, 'over HTTP/1.1')
      assert.equal(await gateway.overHttp2(target(), lines()), expected, 'over HTTP/2')
      if (expected !== 200) assert.equal(requests.length, length, 'the backend got something')
    })
  }

  const tokenOnly = () => '/usual/token'
  const basic = () => '/usual/basic'
  const either = () => '/usual/token-or-basic'
  const anyKey = () => '/usual/header-or-query-or-cookie'

  describe('the field Authorization', () => {
    holds('one token', tokenOnly, () => [`Authorization: Bearer ${token}`], 200)
    holds('the same token twice', tokenOnly, () => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`], twice)
    holds('a good token and a bad one', tokenOnly, () => [`Authorization: Bearer ${token}`, 'Authorization: Bearer x'], twice)
    holds('an empty field before a token', tokenOnly, () => ['Authorization:', `Authorization: Bearer ${token}`], twice)
    holds('a token and a password', either, () => [`Authorization: Bearer ${token}`, `Authorization: Basic ${pair}`], twice)
    holds('two passwords', basic, () => [`Authorization: Basic ${pair}`, `Authorization: Basic ${pair}`], twice)
    holds(
      'two where none is asked for',
      () => '/usual/open',
      () => ['Authorization: Bearer a', 'Authorization: Bearer b'],
      twice,
    )
    holds('a list of two tokens', tokenOnly, () => [`Authorization: Bearer ${token}, Bearer ${token}`], invalid)
    holds('a list of tokens without schemes', tokenOnly, () => [`Authorization: Bearer ${token},${token}`], invalid)
    holds('two tokens with a blank between', tokenOnly, () => [`Authorization: Bearer ${token} ${token}`], invalid)
    holds('two schemes', tokenOnly, () => [`Authorization: Bearer Bearer ${token}`], invalid)
    holds('very many tokens', tokenOnly, () => [`Authorization: Bearer ${'a.b.c, '.repeat(1000)}a.b.c`], invalid)
    holds('a token and a password in one field', either, () => [`Authorization: Bearer ${token}, Basic ${pair}`], invalid)
    holds('a password and a token in one field', either, () => [`Authorization: Basic ${pair}, Bearer ${token}`], invalid)
  })

  describe('places where no credential is looked for', () => {
    holds(
      'a token as a parameter (RFC 6750 §2.3)',
      () => `/usual/token?access_token=${token}`,
      () => [],
      missing,
    )
    holds('a token in a cookie', tokenOnly, () => [`Cookie: access_token=${token}; authorization=Bearer ${token}`], missing)
    holds('a token for a proxy', tokenOnly, () => [`Proxy-Authorization: Bearer ${token}`], missing)
    holds(
      'a token where another field is named',
      () => '/apart/token-or-basic',
      () => [`Authorization: Bearer ${token}`],
      missing,
    )
    holds('a password where tokens are asked for', tokenOnly, () => [`Authorization: Basic ${pair}`], missing)
    holds('a token where passwords are asked for', basic, () => [`Authorization: Bearer ${token}`], missing)
    holds(
      'a password in the field of tokens',
      () => '/apart/token-or-basic',
      () => [`X-Access-Token: Basic ${pair}`],
      missing,
    )
    holds(
      'a key as a token',
      () => '/usual/header',
      () => [`Authorization: Bearer ${key}`],
      missing,
    )
    holds(
      'a key with the scheme of challenges',
      () => '/usual/header',
      () => [`Authorization: ApiKey ${key}`],
      missing,
    )
    holds(
      'a key in the field, of an operation that looks into the query',
      () => '/usual/query',
      () => [`X-API-Key: ${key}`],
      missing,
    )
    holds(
      'a key in the query, of an operation that looks at the field',
      () => `/usual/header?api_key=${key}`,
      () => [],
      missing,
    )
    holds(
      'a field with an underscore',
      () => '/usual/header',
      () => [`X_API_Key: ${key}`],
      missing,
    )
    holds(
      'a parameter in other letters',
      () => `/usual/query?API_KEY=${key}`,
      () => [],
      missing,
    )
    holds(
      'a parameter with brackets',
      () => `/usual/query?api_key[]=${key}`,
      () => [],
      missing,
    )
    holds(
      'a cookie in other letters',
      () => '/usual/cookie',
      () => [`Cookie: Key=${key}`],
      missing,
    )
    holds(
      'a cookie within the value of another',
      () => '/usual/cookie',
      () => [`Cookie: a=1&key=${key}`],
      missing,
    )
    holds(
      'a field that names itself a certificate',
      () => '/usual/certificate',
      () => ['X-Client-Cert: alice'],
      missing,
    )
  })

  describe('several keys', () => {
    holds('in the field', anyKey, () => [`X-API-Key: ${key}`, `X-API-Key: ${key}`], twice)
    holds('in the field, one of them empty', anyKey, () => [`X-API-Key: ${key}`, 'X-API-Key:'], twice)
    holds(
      'in the query',
      () => `/usual/header-or-query-or-cookie?api_key=${key}&api_key=${key}`,
      () => [],
      twice,
    )
    holds(
      'in the query, one of them empty',
      () => `/usual/query?api_key&api_key=${key}`,
      () => [],
      twice,
    )
    holds(
      'in the query, one name in escapes',
      () => `/usual/query?api%5Fkey=${key}&api_key=${key}`,
      () => [],
      twice,
    )
    holds('in one line of cookies', anyKey, () => [`Cookie: key=${key}; a=1; key=${key}`], twice)
    holds('in two lines of cookies', anyKey, () => [`Cookie: key=${key}`, `Cookie: key=${key}`], twice)
    holds(
      'in field and query',
      () => `/usual/header-or-query-or-cookie?api_key=${key}`,
      () => [`X-API-Key: ${key}`],
      twice,
    )
    holds('in field and cookie', anyKey, () => [`X-API-Key: ${key}`, `Cookie: key=${key}`], twice)
    holds(
      'in query and cookie',
      () => `/usual/header-or-query-or-cookie?api_key=${key}`,
      () => [`Cookie: key=${key}`],
      twice,
    )
    holds(
      'a good one in the field and a bad one in the query',
      () => '/usual/header-or-query-or-cookie?api_key=x',
      () => [`X-API-Key: ${key}`],
      twice,
    )
  })

  describe('what is taken away before the backend sees it', () => {
    for (const [what, target, line] of [
      ['a token that nobody asked for', '/usual/open', () => `Authorization: Bearer ${token}`],
      ['a token in the field of other operations', '/usual/open', () => `X-Access-Token: Bearer ${token}`],
      ['a key that nobody asked for', '/usual/open', () => `X-API-Key: ${key}`],
      ['a proof that nobody asked for', '/usual/open', () => 'DPoP: a.b.c'],
    ] as const) {
      it(what, async () => {
        for (const over of ['overHttp1', 'overHttp2'] as const) {
          const next = gateway.backend.next()
          assert.equal(await gateway[over](target, [line()]), 200)
          const name = line().split(':', 1)[0]!
          assert.equal((await next).field(name), undefined)
        }
      })
    }
  })
})
