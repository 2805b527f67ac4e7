import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBackendOrigin } from '../../../../src/gateway/upstream/backend-origin.ts'

describe("a backend's URL", () => {
  it('is taken apart', () => {
    assert.deepEqual(parseBackendOrigin('http://Backend.example:8080/v2/'), {
      secure: false,
      address: { host: 'backend.example', port: 8080 },
      authority: 'backend.example:8080',
      pathPrefix: '/v2',
    })
  })

  it('has the port of its scheme where it says none', () => {
    assert.deepEqual(parseBackendOrigin('http://a')?.address, { host: 'a', port: 80 })
    assert.deepEqual(parseBackendOrigin('https://a')?.address, { host: 'a', port: 443 })
    assert.equal(parseBackendOrigin('http://a:80')?.authority, 'a')
  })

  it('may name an IPv6 address', () => {
    const origin = parseBackendOrigin('http://[::1]:9000')
    assert.deepEqual([origin?.address.host, origin?.authority], ['::1', '[::1]:9000'])
  })

  it('has no prefix where its path is the root', () => {
    for (const text of ['http://a', 'http://a/', 'http://a//']) assert.equal(parseBackendOrigin(text)?.pathPrefix, '')
  })

  it('is refused where it is not an absolute http or https URL, or has parts that no request would get', () => {
    const bad = [
      '',
      'a',
      '//a',
      '/v2',
      'ftp://a',
      'http://',
      'http:///v2',
      'http://http://a',
      'http://a:',
      'http://$HOST/v2',
      'http://a/%zz',
      'http:a',
      'http:\\\\a',
      ' http://a',
      'http://a\n',
      'http://u@a',
      'http://u:p@a',
      'http://a?x=1',
      'http://a#f',
      'javascript:alert(1)',
      'http://a b',
      'http://a:99999',
      'file:///etc/passwd',
    ]
    for (const text of bad) assert.equal(parseBackendOrigin(text), null, text)
  })

  it('cannot smuggle anything into a request line', () => {
    for (const text of ['http://a/\r\nX: y', 'http://a/ HTTP/1.1', 'http://a/\u00e9', 'http://a/\0']) {
      const origin = parseBackendOrigin(text)
      if (origin !== null) assert.match(origin.pathPrefix + origin.authority, /^[\x21-\x7e]+$/, text)
    }
  })
})
