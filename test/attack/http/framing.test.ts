/** Request smuggling: a request whose end two implementations could see in two places is refused, and what follows it is never read. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

/** `fields`: the framing of a POST; `body` is followed by the smuggled request. */
function refused(cases: Readonly<Record<string, readonly [fields: string, body: string]>>): void {
  for (const [name, [fields, body]] of Object.entries(cases)) {
    it(name, () => gateway.refuses(`POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}${smuggled}`, 400))
  }
}

const chunks = '5\r\nabcde\r\n0\r\n\r\n'

describe('both lengths at once', () => {
  refused({
    'CL.TE': ['Content-Length: 15\r\nTransfer-Encoding: chunked', chunks],
    'TE.CL': ['Transfer-Encoding: chunked\r\nContent-Length: 3', chunks],
    'CL.0': ['Content-Length: 0\r\nTransfer-Encoding: chunked', chunks],
    'with a Content-Length that is none': ['Content-Length: x\r\nTransfer-Encoding: chunked', chunks],
    'with a Transfer-Encoding that is none': ['Content-Length: 5\r\nTransfer-Encoding: identity', 'abcde'],
    'with an empty Transfer-Encoding': ['Content-Length: 5\r\nTransfer-Encoding:', 'abcde'],
    'that Connection lists': ['Content-Length: 15\r\nTransfer-Encoding: chunked\r\nConnection: Content-Length', chunks],
  })
})

describe('Content-Length', () => {
  refused({
    'twice, different': ['Content-Length: 5\r\nContent-Length: 6', 'abcde'],
    'twice, the same': ['Content-Length: 5\r\nContent-Length: 5', 'abcde'],
    'twice in different case': ['Content-Length: 5\r\ncontent-length: 0', 'abcde'],
    'twice with others between': ['Content-Length: 5\r\nX: y\r\nZ: z\r\nContent-Length: 0', 'abcde'],
    'as a list': ['Content-Length: 5, 5', 'abcde'],
    'as a list without space': ['Content-Length: 5,6', 'abcde'],
    'with a plus sign': ['Content-Length: +5', 'abcde'],
    'with a minus sign': ['Content-Length: -5', 'abcde'],
    'in hex': ['Content-Length: 0x5', 'abcde'],
    'in octal': ['Content-Length: 0o5', 'abcde'],
    'with an exponent': ['Content-Length: 5e0', 'abcde'],
    'with a fraction': ['Content-Length: 5.0', 'abcde'],
    'with a space within': ['Content-Length: 1 5', 'abcde'],
    'with a tab within': ['Content-Length: 5\t0', 'abcde'],
    'with an underscore within': ['Content-Length: 1_0', 'abcde'],
    'with text behind': ['Content-Length: 5 bytes', 'abcde'],
    'that is empty': ['Content-Length:', 'abcde'],
    'in quotes': ['Content-Length: "5"', 'abcde'],
    'with other digits': ['Content-Length: \xd9\xa5', 'abcde'],
    'beyond safe integers': ['Content-Length: 9007199254740993', 'abcde'],
    'beyond 64 bits': ['Content-Length: 18446744073709551621', 'abcde'],
    'of 2^32 and a bit, with many zeros': ['Content-Length: 00000000000000000005', 'abcde'],
    'with space in front of the colon': ['Content-Length : 5', 'abcde'],
    'on a folded line': ['Content-Length:\r\n 5', 'abcde'],
  })
})

describe('Transfer-Encoding', () => {
  refused({
    twice: ['Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunks],
    'twice, the first one another': ['Transfer-Encoding: identity\r\nTransfer-Encoding: chunked', chunks],
    'twice, the second one another': ['Transfer-Encoding: chunked\r\nTransfer-encoding: x', chunks],
    'that is identity': ['Transfer-Encoding: identity', 'abcde'],
    'that is unknown': ['Transfer-Encoding: xchunked', chunks],
    'that is cut off': ['Transfer-Encoding: chunke', chunks],
    'as a list': ['Transfer-Encoding: gzip, chunked', chunks],
    'as a list with chunked first': ['Transfer-Encoding: chunked, identity', chunks],
    'as a list of the same': ['Transfer-Encoding: chunked, chunked', chunks],
    'with a comma behind': ['Transfer-Encoding: chunked,', chunks],
    'with a comma in front': ['Transfer-Encoding: ,chunked', chunks],
    'with a parameter': ['Transfer-Encoding: chunked;q=1', chunks],
    'in quotes': ['Transfer-Encoding: "chunked"', chunks],
    'with a vertical tab': ['Transfer-Encoding: \x0bchunked', chunks],
    'with a form feed behind': ['Transfer-Encoding: chunked\x0c', chunks],
    'with NUL behind': ['Transfer-Encoding: chunked\0', chunks],
    'with a no-break space': ['Transfer-Encoding: \xa0chunked', chunks],
    'with space in front of the colon': ['Transfer-Encoding : chunked', chunks],
    'with tab in front of the colon': ['Transfer-Encoding\t: chunked', chunks],
    'with space in front of the name': [' Transfer-Encoding: chunked', chunks],
    'behind a bare LF': ['X: y\nTransfer-Encoding: chunked', chunks],
    'behind a bare CR': ['X: y\rTransfer-Encoding: chunked', chunks],
    'on a folded line': ['Transfer-Encoding:\r\n chunked', chunks],
    'as the continuation of another': ['X: y\r\n Transfer-Encoding: chunked', chunks],
  })

  it('in HTTP/1.0', () => gateway.refuses(`POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`, 400))
  it('in HTTP/1.0 with keep-alive', () =>
    gateway.refuses(`POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`, 400))
})

describe('a request without a body', () => {
  it('whose body is there all the same is served, and its body is no request', async () => {
    const client = await gateway.connect()
    const [first, second] = [client.answer('POST'), client.answer('GET')]
    const next = gateway.backend.next()
    client.send(`POST /first HTTP/1.1\r\nHost: a\r\n\r\nabcde\r\n\r\n${smuggled}`)
    assert.equal((await first).status, 200)
    assert.equal((await next).target, '/first')
    const requests = gateway.backend.requests.length
    assert.equal((await second).status, 400)
    assert.equal(await client.closed, 'clean')
    assert.equal(gateway.backend.requests.length, requests)
  })
})
