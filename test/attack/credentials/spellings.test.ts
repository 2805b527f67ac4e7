/** Credentials that are nearly right: other spellings, odd bytes, and far too much of it. What is not exactly right opens nothing. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { GuardedGateway, type Outcome } from './guarded-gateway.ts'

const missing = 900902
const invalid = 900901
const badRequest = 40000
const headTooLarge = 43100
/** HTTP/2 as node:http2 has it goes on without a field that cannot be one. */
const ignored = missing

describe('spellings of credentials', () => {
  let gateway: GuardedGateway
  let token: string
  let key: string
  let pair: string
  let password: string
  before(async () => {
    gateway = await GuardedGateway.start()
    token = gateway.good('token')
    key = gateway.good('header')
    pair = gateway.good('basic')
    password = Buffer.from(pair, 'base64').toString().slice('alice:'.length)
  })
  after(() => gateway.stop())

  /** `overHttp2`: where HTTP/2 itself says what becomes of it. */
  function holds(what: string, target: () => string, lines: () => readonly string[], expected: Outcome, overHttp2 = expected): void {
    it(what, async () => {
      const { requests } = gateway.backend
      const { length } = requests
      const outcomes = [await gateway.overHttp1(target(), lines()), await gateway.overHttp2(target(), lines())]
      assert.deepEqual(outcomes, [expected, overHttp2])
      if (!outcomes.includes(200)) assert.equal(requests.length, length, 'the backend got something')
    })
  }

  describe('tokens', () => {
    const path = () => '/usual/token'
    const bearer = (what: string, value: () => string, expected: Outcome, overHttp2?: Outcome): void =>
      holds(what, path, () => [`Authorization: ${value()}`], expected, overHttp2)
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) bearer(`the scheme ${scheme}`, () => `${scheme} ${token}`, 200)
    bearer('another scheme', () => `Token ${token}`, missing)
    bearer('no scheme', () => token, missing)
    bearer('a colon behind the scheme', () => `Bearer: ${token}`, missing)
    bearer('a tab behind the scheme', () => `Bearer\t${token}`, missing)
    bearer('two blanks behind the scheme', () => `Bearer  ${token}`, invalid)
    bearer('the scheme alone', () => 'Bearer', invalid)
    bearer('quotes', () => `Bearer "${token}"`, invalid)
    bearer('a parameter (RFC 9110 §11.4)', () => `Bearer token=${token}`, invalid)
    bearer('a fourth part', () => `Bearer ${token}.x`, invalid)
    bearer('padding', () => `Bearer ${token}=`, invalid)
    bearer('escapes', () => `Bearer ${token.replace('.', '%2E')}`, invalid)
    bearer('bytes that are no ASCII', () => `Bearer ${token}é`, invalid)
    bearer('very many characters', () => `Bearer ${'a'.repeat(15_000)}`, invalid)
    bearer('more than a head may have, or a frame', () => `Bearer ${'a'.repeat(17_000)}`, headTooLarge, 'closed')
    bearer('NUL', () => `Bearer ${token}\0`, badRequest, ignored)
    bearer('a line feed', () => `Bearer ${token}\nX-Other: 1`, badRequest, ignored)
    bearer('a carriage return', () => `Bearer ${token}\rX-Other: 1`, badRequest, ignored)
    bearer('a folded line', () => `Bearer\r\n ${token}`, badRequest, ignored)
    bearer('an escape character', () => `Bearer ${token}\u001b`, badRequest, ignored)
    bearer('DEL', () => `Bearer ${token}\u007f`, badRequest, ignored)
  })

  describe('API keys in a field', () => {
    const keyed = (what: string, line: () => string, expected: Outcome, overHttp2?: Outcome): void =>
      holds(
        what,
        () => '/usual/header',
        () => [line()],
        expected,
        overHttp2,
      )
    keyed('as it is', () => `X-API-Key: ${key}`, 200)
    keyed('the name in other letters', () => `x-aPi-kEy: ${key}`, 200)
    keyed('empty', () => 'X-API-Key:', invalid)
    keyed('a scheme', () => `X-API-Key: ApiKey ${key}`, invalid)
    keyed('quotes', () => `X-API-Key: "${key}"`, invalid)
    keyed('a list', () => `X-API-Key: ${key},${key}`, invalid)
    keyed('other letters', () => `X-API-Key: ${key.toUpperCase() === key ? key.toLowerCase() : key.toUpperCase()}`, invalid)
    keyed('a part', () => `X-API-Key: ${key.slice(0, -1)}`, invalid)
    keyed('escapes', () => `X-API-Key: ${escaped(key)}`, invalid)
    keyed('its digest', () => `X-API-Key: sha256:${'0'.repeat(64)}`, invalid)
    keyed('more than 256 characters', () => `X-API-Key: ${'k'.repeat(257)}`, invalid)
    keyed('very many characters', () => `X-API-Key: ${'k'.repeat(15_000)}`, invalid)
    keyed('NUL', () => `X-API-Key: ${key}\0`, badRequest, ignored)
  })

  describe('API keys in the query', () => {
    const asked = (what: string, query: () => string, expected: Outcome, overHttp2?: Outcome): void =>
      holds(
        what,
        () => `/usual/query?${query()}`,
        () => [],
        expected,
        overHttp2,
      )
    asked('as it is', () => `api_key=${key}`, 200)
    asked('in escapes', () => `api_key=${escaped(key)}`, 200)
    asked('the name in escapes', () => `%61pi%5fkey=${key}`, 200)
    asked('among others', () => `&a=1&&api_key=${key}&b`, 200)
    asked('in escapes twice', () => `api_key=${escaped(escaped(key))}`, invalid)
    asked('without a value', () => 'api_key', invalid)
    asked('behind two equals signs', () => `api_key==${key}`, invalid)
    asked('a semicolon', () => `api_key=${key};a=1`, invalid)
    asked('a plus', () => `api_key=${key}+`, invalid)
    asked('a blank in escapes', () => `api_key=${key}%20`, invalid)
    asked('NUL in escapes', () => `api_key=${key}%00`, badRequest)
    asked('a line feed in escapes', () => `api_key=%0A${key}`, invalid)
    asked('an escape that is none', () => `api_key=${key}%`, badRequest)
    asked('an escape of other digits', () => `api_key=${key}%zz`, badRequest)
    asked('UTF-8 that is longer than it must be', () => `api_key=%C1%A1${key}`, badRequest)
    asked('letters that look alike', () => `api_key=%EF%BD%8B${key.slice(1)}`, invalid)
    asked('very many characters', () => `api_key=${'k'.repeat(4_000)}`, invalid)
  })

  describe('API keys in a cookie', () => {
    const baked = (what: string, value: () => string, expected: Outcome): void =>
      holds(
        what,
        () => '/usual/cookie',
        () => [`Cookie: ${value()}`],
        expected,
      )
    baked('as it is', () => `key=${key}`, 200)
    baked('among others', () => `a=1;key=${key};  b=2;`, 200)
    baked('quotes', () => `key="${key}"`, invalid)
    baked('escapes', () => `key=${escaped(key)}`, invalid)
    baked('a blank before the equals sign', () => `key =${key}`, 200)
    baked('a blank behind the equals sign', () => `key= ${key}`, invalid)
    baked('a comma between cookies', () => `a=1, key=${key}`, missing)
    baked('without a value', () => 'key=', invalid)
    baked('without an equals sign', () => 'key', missing)
    baked('very many cookies', () => `${'a=1; '.repeat(2_000)}key=x`, invalid)
  })

  describe('passwords', () => {
    const sent = (what: string, value: () => string, expected: Outcome, overHttp2?: Outcome): void =>
      holds(
        what,
        () => '/usual/basic',
        () => [`Authorization: ${value()}`],
        expected,
        overHttp2,
      )
    const named = (what: string, name: string): void => sent(what, () => `Basic ${base64(`${name}:${password}`)}`, invalid)

    for (const scheme of ['Basic', 'basic', 'BASIC', 'bAsIc']) sent(`the scheme ${scheme}`, () => `${scheme} ${pair}`, 200)
    sent('another scheme', () => `Digest ${pair}`, missing)
    sent('a tab behind the scheme', () => `Basic\t${pair}`, missing)
    sent('two blanks behind the scheme', () => `Basic  ${pair}`, invalid)
    sent('clear text', () => `Basic alice:${password}`, invalid)
    sent('padding too much', () => `Basic ${pair}=`, invalid)
    sent('padding too little', () => `Basic ${base64(`alice:${password}x`).replaceAll('=', '')}`, invalid)
    sent('a blank inside', () => `Basic ${pair.slice(0, 8)} ${pair.slice(8)}`, invalid)
    sent('the alphabet of base64url', () => `Basic ${Buffer.from(`alice:${password}ÿ?>`).toString('base64url')}`, invalid)
    sent('unused bits that are not zero', () => `Basic ${unusedBits(`alice:${password}x`)}`, invalid)
    sent('twice encoded', () => `Basic ${base64(pair)}`, invalid)
    sent('no colon', () => `Basic ${base64('alice')}`, invalid)
    sent('more than 1024 characters', () => `Basic ${base64(`alice:${'x'.repeat(1000)}`)}`, invalid)
    sent('NUL behind the password', () => `Basic ${base64(`alice:${password}\0`)}`, invalid)
    sent('a line feed behind the password', () => `Basic ${base64(`alice:${password}\n`)}`, invalid)
    sent(
      'UTF-8 that is longer than it must be',
      () => `Basic ${Buffer.from(`\xc1\xa1lice:${password}`, 'latin1').toString('base64')}`,
      invalid,
    )
    sent('UTF-16', () => `Basic ${Buffer.from(`alice:${password}`, 'utf16le').toString('base64')}`, invalid)
    sent('NUL behind the pair', () => `Basic ${pair}\0`, badRequest, ignored)
    named('capitals', 'ALICE')
    named('full width', 'ａｌｉｃｅ')
    named('a Cyrillic letter', 'аlice')
    named('a long s where it would be folded', 'aliſe')
    named('a blank behind the name', 'alice ')
    named('a joiner of no width', 'al\u200dice')
    named('a mark of byte order', '\ufeffalice')
    named('an override of direction', '\u202ealice')
    named('a name of an object', '__proto__')
    named('no name', '')
  })
})

function escaped(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

/** Decodes to the same bytes and is another text. */
function unusedBits(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let padded = text
  while (Buffer.byteLength(padded) % 3 === 0) padded += 'x'
  const encoded = base64(padded)
  const last = encoded.search(/.=+$/)
  return `${encoded.slice(0, last)}${alphabet[alphabet.indexOf(encoded[last]!) + 1]}${encoded.slice(last + 1)}`
}
