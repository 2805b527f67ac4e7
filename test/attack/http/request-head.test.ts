/** data-plane.md, "Request head": what two implementations could read differently never reaches the backend. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

/** Each is followed by a request that would be served if the gateway went on reading. */
function refused(status: number, cases: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, bytes] of Object.entries(cases)) {
    const whole = typeof bytes === 'string' ? Buffer.from(bytes + smuggled, 'latin1') : bytes
    it(`${name} → ${status}`, () => gateway.refuses(whole, status))
  }
}

describe('line ends', () => {
  refused(400, {
    'bare LF behind the request line': 'GET / HTTP/1.1\nHost: a\r\n\r\n',
    'bare LF behind a field': 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n',
    'bare LF instead of the empty line': 'GET / HTTP/1.1\r\nHost: a\r\n\n',
    'bare LF everywhere': 'GET / HTTP/1.1\nHost: a\n\n',
    'bare CR behind the request line': 'GET / HTTP/1.1\rHost: a\r\n\r\n',
    'bare CR behind a field': 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n',
    'CR CR LF': 'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n',
    'LF CR': 'GET / HTTP/1.1\n\rHost: a\r\n\r\n',
    'bare CR in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rContent-Length: 5\r\n\r\n',
    'bare LF in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\nContent-Length: 5\r\n\r\n',
    'two empty lines in front': '\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a bare LF in front': '\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a bare CR in front': '\rGET / HTTP/1.1\r\nHost: a\r\n\r\n',
  })
})

describe('the request line', () => {
  refused(400, {
    'tab instead of the first space': 'GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n',
    'tab instead of the second space': 'GET /\tHTTP/1.1\r\nHost: a\r\n\r\n',
    'two spaces behind the method': 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n',
    'two spaces in front of the version': 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n',
    'space behind the version': 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n',
    'space in front of the method': ' GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'space in the target': 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n',
    'a second version': 'GET /a HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n',
    'vertical tab': 'GET\x0b/ HTTP/1.1\r\nHost: a\r\n\r\n',
    'no-break space': 'GET\xa0/ HTTP/1.1\r\nHost: a\r\n\r\n',
    'no target': 'GET HTTP/1.1\r\nHost: a\r\n\r\n',
    'an empty target': 'GET  HTTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/0.9': 'GET /\r\n',
    'HTTP/0.9 with fields': 'GET /\r\nHost: a\r\n\r\n',
    'NUL in the method': 'G\0ET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a method that is no token': 'GET@ / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a method in quotes': '"GET" / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a method with bytes beyond ASCII': 'G\xc3\x89T / HTTP/1.1\r\nHost: a\r\n\r\n',
    'lower-case http/1.1': 'GET / http/1.1\r\nHost: a\r\n\r\n',
    'mixed-case Http/1.1': 'GET / Http/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1.1 in full width': 'GET / \xef\xbc\xa8TTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1,1': 'GET / HTTP/1,1\r\nHost: a\r\n\r\n',
    'HTTP/1.': 'GET / HTTP/1.\r\nHost: a\r\n\r\n',
    'HTTP/+1.1': 'GET / HTTP/+1.1\r\nHost: a\r\n\r\n',
    'HTTPS/1.1': 'GET / HTTPS/1.1\r\nHost: a\r\n\r\n',
    'RTSP/1.0': 'GET / RTSP/1.0\r\nHost: a\r\n\r\n',
  })
  refused(505, {
    'HTTP/1.2': 'GET / HTTP/1.2\r\nHost: a\r\n\r\n',
    'HTTP/1.9': 'GET / HTTP/1.9\r\nHost: a\r\n\r\n',
    'HTTP/2.0': 'GET / HTTP/2.0\r\nHost: a\r\n\r\n',
    'HTTP/3.0': 'GET / HTTP/3.0\r\nHost: a\r\n\r\n',
    'HTTP/0.9 said out loud': 'GET / HTTP/0.9\r\nHost: a\r\n\r\n',
    'HTTP/0.0': 'GET / HTTP/0.0\r\nHost: a\r\n\r\n',
    'almost the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n',
    'the first line of HTTP/2 with fields': 'PRI * HTTP/2.0\r\nHost: a\r\n\r\n',
    'the preface of HTTP/2 behind an empty line': '\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  })
  refused(501, {
    CONNECT: 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    'CONNECT with a path': 'CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n',
  })
})

describe('field lines', () => {
  refused(400, {
    'a line that is folded with a space': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n',
    'a line that is folded with a tab': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n',
    'a first line that is folded': 'GET / HTTP/1.1\r\n Host: a\r\n\r\n',
    'a folded line of white space alone': 'GET / HTTP/1.1\r\nHost: a\r\n \r\n\r\n',
    'space in front of the colon': 'GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n',
    'space between Host and its colon': 'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
    'tab in front of the colon': 'GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n',
    'an empty name': 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n',
    'no colon': 'GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n',
    'a name with a space': 'GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n',
    'a name with a slash': 'GET / HTTP/1.1\r\nHost: a\r\nX/Y: b\r\n\r\n',
    'a name in brackets': 'GET / HTTP/1.1\r\nHost: a\r\n[X]: b\r\n\r\n',
    'a name with bytes beyond ASCII': 'GET / HTTP/1.1\r\nHost: a\r\nX\xe9: b\r\n\r\n',
    'a request line in the place of a field': 'GET / HTTP/1.1\r\nHost: a\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\n',
    'NUL in a name': 'GET / HTTP/1.1\r\nHost: a\r\nX\0: b\r\n\r\n',
    'NUL in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n',
    'NUL behind the value of Content-Length': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\0\r\n\r\n',
    'a control character in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: \x1b[31m\r\n\r\n',
    'vertical tab in a value': 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\n\r\n',
    'form feed in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\x0cb\r\n\r\n',
    'DEL in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n',
    'an option of Connection that is no token': 'GET / HTTP/1.1\r\nHost: a\r\nConnection: a b\r\n\r\n',
  })
})

describe('Host', () => {
  refused(400, {
    'that is missing': 'GET / HTTP/1.1\r\n\r\n',
    'that is missing among other fields': 'GET / HTTP/1.1\r\nX-Host: a\r\nHosts: a\r\n\r\n',
    'spelled with an underscore': 'GET / HTTP/1.1\r\nHo_st: a\r\n\r\n',
    'twice, different': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'twice, the same': 'GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n',
    'twice in HTTP/1.0': 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n',
    'that is empty': 'GET / HTTP/1.1\r\nHost:\r\n\r\n',
    'that is white space': 'GET / HTTP/1.1\r\nHost: \t \r\n\r\n',
    'that is empty in HTTP/1.0': 'GET / HTTP/1.0\r\nHost:\r\n\r\n',
    'with a user': 'GET / HTTP/1.1\r\nHost: user@a\r\n\r\n',
    'with user and password': 'GET / HTTP/1.1\r\nHost: user:pass@a\r\n\r\n',
    'with a path': 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n',
    'with a query': 'GET / HTTP/1.1\r\nHost: a?b\r\n\r\n',
    'with a fragment': 'GET / HTTP/1.1\r\nHost: a#b\r\n\r\n',
    'with a backslash': 'GET / HTTP/1.1\r\nHost: a\\b\r\n\r\n',
    'with a comma': 'GET / HTTP/1.1\r\nHost: a,b\r\n\r\n',
    'with white space': 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
    'with a tab': 'GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n',
    'with a scheme': 'GET / HTTP/1.1\r\nHost: http://a\r\n\r\n',
    'with a port that is no number': 'GET / HTTP/1.1\r\nHost: a:http\r\n\r\n',
    'with two ports': 'GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n',
    'with bytes beyond ASCII': 'GET / HTTP/1.1\r\nHost: \xe9xample\r\n\r\n',
    'with half an IPv6 address': 'GET / HTTP/1.1\r\nHost: [::1\r\n\r\n',
    'with an IPv6 address without brackets': 'GET / HTTP/1.1\r\nHost: ::1\r\n\r\n',
    'with a line break that is encoded': 'GET / HTTP/1.1\r\nHost: a"b\r\n\r\n',
  })
})

describe('credentials', () => {
  refused(400, {
    'two Authorization fields': 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n',
    'two equal Authorization fields': 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nX: y\r\nauthorization: Bearer a\r\n\r\n',
    'an empty one and one that is not': 'GET / HTTP/1.1\r\nHost: a\r\nAuthorization:\r\nAuthorization: Bearer b\r\n\r\n',
  })
})

describe('Expect', () => {
  refused(417, {
    'something that nobody can do': 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 5\r\n\r\nabcde',
    'that is empty': 'POST / HTTP/1.1\r\nHost: a\r\nExpect:\r\nContent-Length: 5\r\n\r\nabcde',
    'two things': 'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\nContent-Length: 5\r\n\r\nabcde',
    twice: 'POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nabcde',
  })
})

describe('what is not HTTP at all', () => {
  refused(400, {
    'a TLS hello': Buffer.from(`16030100c8010000c40303${'5a'.repeat(32)}`, 'hex'),
    'an SSH client': Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
    'a SOCKS client': Buffer.from('050100', 'hex'),
    'a PROXY protocol line': Buffer.from('PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    'a PROXY protocol header of version 2': Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'),
    SMTP: Buffer.from('EHLO example.com\r\nMAIL FROM:<a@example.com>\r\n'),
    Redis: Buffer.from('*1\r\n$4\r\nPING\r\n'),
    zeros: Buffer.alloc(100),
    JSON: Buffer.from('{"jsonrpc":"2.0"}\r\n'),
    'an answer': Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  })
})

it('the preface of HTTP/2 behind a request → 505', async () => {
  const client = await gateway.connect()
  assert.equal((await client.request('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).status, 200)
  assert.equal((await client.request('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).status, 505)
  assert.equal(await client.closed, 'clean')
})
