/** data-plane.md, "Request target": what is authorised is byte for byte what the backend gets, or the backend gets nothing. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { seen } from '../../wire/backend.ts'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

function get(target: string, host = 'a'): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
}

function refused(targets: readonly string[]): void {
  for (const target of targets) it(`${JSON.stringify(target)} → 400`, () => gateway.refuses(get(target) + smuggled, 400))
}

/** What the backend is asked for, for each target. */
function forwarded(table: Readonly<Record<string, string>>): void {
  for (const [target, expected] of Object.entries(table)) {
    it(`${target} is forwarded as ${expected}`, async () => {
      const answer = await gateway.ask(get(target))
      assert.equal(answer.status, 200)
      assert.equal(seen(answer).target, expected)
    })
  }
}

describe('dot segments', () => {
  refused(['/..', '/../admin', '/a/../admin', '/a/..', '/a/.', '/./a', '/a/./b', '/../../../../etc/passwd', '/a//../b'])
  describe('that are encoded', () => {
    refused(['/%2e%2e/admin', '/%2E%2e/admin', '/.%2e/admin', '/%2e./admin', '/a/%2e', '/a/%2e%2e', '/%2e/a'])
  })
  describe('behind or in front of an encoded slash', () => {
    refused(['/..%2Fadmin', '/..%2fadmin', '/a%2F..%2Fadmin', '/a%2f%2e%2e%2fadmin', '/a%2F..', '/%2F../a', '/a/.%2Fb'])
  })
  describe('with parameters, which some backends strip first', () => {
    refused(['/..;/admin', '/a/..;x=y/admin', '/.;/a', '/a/..;', '/%2e%2e;/a', '/..%3B/a', '/..%3bx/a', '/a%2F..;x'])
  })
  describe('with a backslash', () => {
    refused(['/..\\admin', '/a\\..\\admin', '/..%5cadmin', '/..%5Cadmin', '/a%5c..%5cadmin', '/%5c', '/a\\b'])
  })
  describe('that are none', () => {
    forwarded({ '/...': '/...', '/..a': '/..a', '/a..': '/a..', '/.well-known/x': '/.well-known/x', '/%2Ea': '/.a', '/a;..': '/a;..' })
  })
  describe('encoded twice, which are data', () => {
    forwarded({ '/%252e%252e/a': '/%252e%252e/a', '/%252f': '/%252f', '/..%252f': '/..%252f' })
  })
})

describe('path parameters, which some backends take away', () => {
  describe('that would lead to another template', () => {
    refused(['/concrete/admin;x=1', '/concrete;y/admin;x', '/concrete/admin%3Bx', '/concrete/admin%3b', '/%63oncrete/admin;', '/a/;x'])
  })
  describe('that are taken away before escapes are decoded', () => {
    refused(['/concrete/encoded%3Bx;y'])
  })
  describe('that lead to the same one, or to none', () => {
    forwarded({ '/concrete/other;x=1': '/concrete/other;x=1', '/a;b/c;d': '/a;b/c;d', '/;a/b;': '/;a/b;', '/a;?b;c': '/a;?b;c' })
  })
})

describe('escapes', () => {
  refused(['/%', '/%a', '/%zz', '/a%2', '/%u0041', '/%u002e%u002e/a', '/%%32%65', '/% 2e', '/%0x2e', '/?a=%', '/?a=%zz'])
  describe('of NUL', () => {
    refused(['/%00', '/a%00.json', '/a/%00/b', '/?a=%00'])
  })
  describe('that are overlong or no UTF-8', () => {
    refused(['/%c0%ae%c0%ae/a', '/%c0%af', '/%e0%80%ae', '/%f0%80%80%ae', '/%c0%80', '/%ff', '/%80', '/%c3', '/%ed%a0%80', '/?a=%c0%af'])
  })
  describe('that are made canonical', () => {
    forwarded({
      '/%61dmin': '/admin',
      '/%41': '/A',
      '/a%2fb': '/a%2Fb',
      '/a%2Fb/c': '/a%2Fb/c',
      '/caf%c3%a9': '/caf%C3%A9',
      '/a%3ab': '/a%3Ab',
      '/a%20b': '/a%20b',
      '/%7Ea': '/~a',
    })
  })
})

describe('characters', () => {
  refused(['/\xe9', '/caf\xc3\xa9', '/\x80', '/?\xff', '/a\\', '/"', '/<script>', '/{a}', '/a|b', '/^', '/`', '/[a]'])
})

describe('a fragment', () => {
  refused(['/#', '/a#b', '/a?b#c', '/a#?b', '/#/../a'])
})

describe('the query', () => {
  forwarded({
    '/?': '/?',
    '/a?b=c&d=%2F..%2F': '/a?b=c&d=%2F..%2F',
    '/a?../../etc': '/a?../../etc',
    '/a?%41=%61': '/a?%41=%61',
    '/a?b=c?d=/e': '/a?b=c?d=/e',
    '/a?x[]=1&y={2}|3': '/a?x[]=1&y={2}|3',
  })
})

describe('slashes', () => {
  forwarded({ '/a/': '/a/', '/a': '/a', '/a/b/': '/a/b/' })

  it('that are doubled are not joined', async () => {
    for (const target of ['//evil', '//evil/a', '/a//b', '///']) {
      const bytes = gateway.backend.bytes
      assert.equal((await gateway.ask(get(target))).status, 404, target)
      assert.equal(gateway.backend.bytes, bytes)
    }
  })
})

describe('other forms', () => {
  forwarded({
    'http://a/b?c': '/b?c',
    'HTTP://A/b': '/b',
    'http://a': '/',
    'http://a?b': '/?b',
    'https://a/b': '/b',
    'http://a/%2f': '/%2F',
  })

  describe('that are refused', () => {
    refused([
      '*',
      'a',
      'a/b',
      '?a',
      'http:',
      'http:/a',
      'http://',
      'http:///b',
      'ftp://a/b',
      '://a',
      'a:80',
      'http://a/../b',
      'http://a/%00',
      'http://a\\@b/',
    ])
    refused([
      'http://user@a/',
      'http://user:pass@a/',
      'http://a,b/',
      'http://a b/',
      'http://a#b',
      'http://b/',
      'http://a:8080/',
      'http://a.evil/',
    ])
  })

  it('agree with Host, port included', async () => {
    assert.equal((await gateway.ask(get('http://example.com:8080/a', 'EXAMPLE.com:8080'))).status, 200)
    await gateway.refuses(get('http://example.com/a', 'example.com:80'), 400)
  })

  it('stand in for Host where HTTP/1.0 has none', async () => {
    const answer = await gateway.ask('GET http://example.com/a HTTP/1.0\r\n\r\n')
    assert.equal(answer.status, 200)
    const { fields } = seen(answer)
    assert.deepEqual(
      fields.filter(([name]) => name === 'X-Forwarded-Host'),
      [['X-Forwarded-Host', 'example.com']],
    )
  })

  it('`*` asks about the gateway as a whole, which no operation answers', async () => {
    const bytes = gateway.backend.bytes
    for (const method of ['OPTIONS', 'GET', 'POST']) {
      const answer = await gateway.ask(`${method} * HTTP/1.1\r\nHost: a\r\n\r\n`)
      assert.equal(answer.status, method === 'OPTIONS' ? 404 : 400)
    }
    assert.equal(gateway.backend.bytes, bytes)
  })
})
