import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CanonicalTarget, canonicalise } from '../../../../src/gateway/router/target.ts'

/** `path` and `query` in one, or null where the target is refused. */
function canonical(target: string): string | null {
  const into: CanonicalTarget = { path: '', query: '' }
  return canonicalise(target, into) ? into.path + into.query : null
}

function becomes(table: Readonly<Record<string, string>>): void {
  for (const [target, expected] of Object.entries(table)) assert.equal(canonical(target), expected, target)
}

function refuses(targets: readonly string[]): void {
  for (const target of targets) assert.equal(canonical(target), null, JSON.stringify(target))
}

describe('the canonical target', () => {
  it('is split at the first question mark', () => {
    const into: CanonicalTarget = { path: '', query: '' }
    canonicalise('/a/b?c=/d?e', into)
    assert.deepEqual(into, { path: '/a/b', query: '?c=/d?e' })
    canonicalise('/a', into)
    assert.deepEqual(into, { path: '/a', query: '' })
    canonicalise('/?', into)
    assert.deepEqual(into, { path: '/', query: '?' })
  })

  it('is what was sent where nothing is encoded', () => {
    const same = [
      '/',
      '/a',
      '/a/',
      '/a//b',
      '//',
      '//evil',
      "/a-._~!$&'()*+,;=:@b",
      '/a;x=1/b',
      '/...',
      '/....',
      '/.a',
      '/a.',
      '/..a',
      '/a..',
      '/.well-known/x',
    ]
    becomes(Object.fromEntries(same.map((target) => [target, target])))
  })

  it('has unreserved characters decoded and other escapes in upper case', () => {
    becomes({
      '/%61%62%63': '/abc',
      '/%41%5A%30%39%2D%5f%7e': '/AZ09-_~',
      '/a%2fb': '/a%2Fb',
      '/%2F': '/%2F',
      '/a%3fb': '/a%3Fb',
      '/a%23b': '/a%23b',
      '/a%20b%3a': '/a%20b%3A',
      '/caf%c3%a9': '/caf%C3%A9',
      '/%e2%82%ac': '/%E2%82%AC',
      '/%25': '/%25',
      '/%2561': '/%2561',
      '/a%2E': '/a.',
      '/%2Ewell-known': '/.well-known',
      '/%0d%0a': '/%0D%0A',
    })
  })

  it('leaves doubly encoded dots and slashes as the data that they are', () => {
    becomes({ '/%252e%252e/a': '/%252e%252e/a', '/%252F': '/%252F', '/%255c': '/%255c' })
  })

  it('leaves the query as it was sent', () => {
    const same = ['/?a=%41', '/?a=b%2fc', '/?../..', '/?a=%5C', '/?a[b]=c', '/?{"x"}', '/?a|b^c`d<e>', '/?%c3%a9', '/??', '/?a=//b']
    becomes(Object.fromEntries(same.map((target) => [target, target])))
  })
})

describe('a target is refused', () => {
  it('in another form', () => {
    refuses(['', '*', 'a', 'a/b', 'http://a/b', '?a', '\\a', '%2Fa'])
  })

  it('with a fragment', () => {
    refuses(['/a#b', '/#', '/a?b#c', '/a?#'])
  })

  it('with an escape that is none', () => {
    refuses(['/%', '/%4', '/%zz', '/%4g', '/%g4', '/%u0041', '/%-1', '/%+1', '/a%', '/?%', '/?%4', '/?a=%zz', '/%%41', '/% 41'])
  })

  it('with NUL', () => {
    refuses(['/%00', '/a%00b', '/\0', '/?a=%00', '/a?\0'])
  })

  it('with a backslash', () => {
    refuses(['/\\', '/a\\b', '/a\\..\\b', '/%5c', '/%5C', '/a%5Cb', '/?\\', '/a?b\\c'])
  })

  it('with what is not UTF-8', () => {
    refuses(['/%ff', '/%c3', '/%c3%28', '/%80', '/%ed%a0%80', '/%f5%80%80%80', '/?%ff', '/?a=%c3'])
  })

  it('with an overlong form', () => {
    refuses(['/%c0%ae', '/%c0%af', '/%c1%9c', '/%e0%80%af', '/%f0%80%80%af', '/%c0%80', '/?%c0%af'])
  })

  it('with raw bytes beyond ASCII or control characters', () => {
    refuses(['/caf\u00e9', '/\xc3\xa9', '/a\x80', '/a\tb', '/a b', '/a\x7f', '/a\x1fb', '/?\u00e9', '/?a b', '/?a\tb'])
  })

  it('with characters that no path may hold', () => {
    refuses(['/"', '/<', '/>', '/[', '/]', '/^', '/`', '/{a}', '/|', '/a|b'])
  })

  it('with a dot segment', () => {
    refuses(['/.', '/..', '/./', '/../', '/a/.', '/a/..', '/a/./b', '/a/../b', '/../../etc', '/a/..?b', '//..', '/..//a'])
  })

  it('with a dot segment that is encoded', () => {
    refuses(['/%2e', '/%2E%2e', '/.%2e', '/%2e.', '/a/%2e%2e/b', '/a/%2e/b', '/a/%2E%2E', '/%2e%2e?x'])
  })

  it('with a dot segment next to an encoded slash', () => {
    refuses(['/..%2F', '/..%2fetc', '/a%2F..', '/a%2f..%2fb', '/a%2f%2e%2e', '/%2F..', '/a/.%2Fb', '/a%2f.', '/%2e%2e%2f', '/a%2F../b'])
  })

  it('with a dot segment in front of a path parameter', () => {
    refuses(['/..;', '/..;a=b/c', '/a/..;/b', '/.;/a', '/..%3B', '/%2e%2e%3bx', '/a%2F..;x'])
  })
})
