import assert from 'node:assert/strict'
import { test } from 'node:test'
import { canonicalPathText, hasDotSegment } from '../../../../src/compiler/model/path-text.ts'

const canonical = (text: string): string | null => {
  const result = canonicalPathText(text)
  return result.kind === 'canonical' ? result.text : null
}

test('unreserved characters are decoded, other escapes are in upper case', () => {
  assert.equal(canonical('/%61%7E%2d%2E%5f/%2f%3a'), '/a~-._/%2F%3A')
  assert.equal(canonical("/pchar:@!$&'()*+,;="), "/pchar:@!$&'()*+,;=")
})

test('what a request must encode is encoded', () => {
  assert.equal(canonical('/a b/é/[x]|^`"<>'), '/a%20b/%C3%A9/%5Bx%5D%7C%5E%60%22%3C%3E')
  assert.equal(canonical('/\u{1f600}'), '/%F0%9F%98%80')
})

test('it is stable', () => {
  for (const text of ['/a b/%e9'.replace('%e9', '%c3%a9'), '/%25', '/%2525', '/é']) {
    const once = canonical(text)
    assert.equal(canonical(once ?? ''), once, text)
  }
})

test('what no request can hold is refused', () => {
  for (const text of ['/%', '/%4', '/%zz', '/%00', '/a\\b', '/%5c', '/%ff', '/%c3', '/a\u0000', '/a\n', '/\ud800']) {
    assert.equal(canonical(text), null, text)
  }
})

test('dot segments, plain or next to what a backend may take for a slash or a path parameter', () => {
  for (const path of ['/.', '/..', '/a/./b', '/a/..', '/a%2F..%2Fb', '/a%2F..', '/..;x', '/.%3Bx'])
    assert.equal(hasDotSegment(path), true, path)
  for (const path of ['/.a', '/a.', '/...', '/a..b', '/.well-known', '/a.;x']) assert.equal(hasDotSegment(path), false, path)
})
