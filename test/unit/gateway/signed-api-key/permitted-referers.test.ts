/** WSO2's patterns of pages, and pages that try to look like one of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { permittedReferers } from '../../../../src/gateway/signed-api-key/permitted-referers.ts'

function permits(pattern: string, referer: string): boolean {
  return permittedReferers([pattern])(`Referer: ${referer}\r\n`)
}

test('a page, those of a host, and those of all hosts of a domain', () => {
  for (const [pattern, referer] of [
    ['www.example.com/path', 'https://www.example.com/path'],
    ['www.example.com/path', 'http://www.example.com/path'],
    ['https://www.example.com/path', 'https://www.example.com/path'],
    ['sub.example.com/*', 'https://sub.example.com/'],
    ['sub.example.com/*', 'https://sub.example.com/a/b?c'],
    ['sub.example.com', 'https://sub.example.com/a'],
    ['*.example.com/*', 'https://a.b.example.com/x'],
    ['SUB.example.com:8443/a*c', 'https://sub.example.com:8443/abc'],
    ['sub.example.com/*/b/*', 'https://sub.example.com/a/b/c'],
  ] as const)
    assert.equal(permits(pattern, referer), true, `${pattern} ${referer}`)
})

test('and no others', () => {
  for (const [pattern, referer] of [
    ['www.example.com/path', 'https://www.example.com/path/more'],
    ['https://www.example.com/path', 'http://www.example.com/path'],
    ['sub.example.com/*', 'https://other.example.com/'],
    ['sub.example.com/*', 'https://sub.example.com.evil.test/'],
    ['sub.example.com/*', 'https://sub.example.com@evil.test/'],
    ['*.example.com/*', 'https://example.com/'],
    ['*.example.com/*', 'https://evil.test/.example.com/'],
    ['*.example.com/*', 'https://evil.test?.example.com/'],
    ['sub.example.com/a*ab', 'https://sub.example.com/ab'],
    ['sub.example.com/*', 'not a page'],
    ['', 'https://sub.example.com/'],
  ] as const)
    assert.equal(permits(pattern, referer), false, `${pattern} ${referer}`)
})

test('without Referer the origin counts, and the two must agree', () => {
  const permitted = permittedReferers(['sub.example.com/*'])
  assert.equal(permitted('Origin: https://sub.example.com\r\n'), true)
  assert.equal(permitted('Origin: https://sub.example.com\r\nReferer: https://sub.example.com/a\r\n'), true)
  assert.equal(permitted('Origin: https://evil.test\r\nReferer: https://sub.example.com/a\r\n'), false)
  assert.equal(permitted('Referer: https://sub.example.com/\r\nReferer: https://sub.example.com/\r\n'), false)
  assert.equal(permitted(''), false)
})
