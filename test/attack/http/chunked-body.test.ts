/** A body that is malformed ends the exchange: the backend's request is aborted, never ended cleanly, and nothing behind it is read. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assertProblem, OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(async () => {
  const requests = gateway.backend.requests
  await gateway.stop()
  for (const { target, message } of requests) {
    assert.notEqual(target, '/smuggled')
    if (target === '/attack') assert.equal(message.complete, false, 'the backend got a whole request')
  }
})

const head = 'POST /attack HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

async function refuses(body: string): Promise<void> {
  const client = await gateway.connect()
  const answer = await client.request(head + body + smuggled)
  assert.equal(answer.status, 400)
  assert.equal(answer.message.field('Connection'), 'close')
  assertProblem(answer)
  assert.equal(await client.closed, 'clean')
}

function refused(cases: Readonly<Record<string, string>>): void {
  for (const [name, body] of Object.entries(cases)) it(name, () => refuses(body))
}

describe('a chunk size', () => {
  refused({
    'with 0x': '0x5\r\nabcde\r\n0\r\n\r\n',
    'with a plus sign': '+5\r\nabcde\r\n0\r\n\r\n',
    'with a minus sign': '-5\r\nabcde\r\n0\r\n\r\n',
    'with a space in front': ' 5\r\nabcde\r\n0\r\n\r\n',
    'with a space behind': '5 \r\nabcde\r\n0\r\n\r\n',
    'with a tab behind': '5\t\r\nabcde\r\n0\r\n\r\n',
    'with an underscore': '0_5\r\nabcde\r\n0\r\n\r\n',
    'that is empty': '\r\nabcde\r\n0\r\n\r\n',
    'that is no hex': 'five\r\nabcde\r\n0\r\n\r\n',
    'with a fraction': '5.0\r\nabcde\r\n0\r\n\r\n',
    'in quotes': '"5"\r\nabcde\r\n0\r\n\r\n',
    'of nine digits': '000000005\r\nabcde\r\n0\r\n\r\n',
    'beyond 32 bits': '100000005\r\nabcde\r\n0\r\n\r\n',
    'beyond 64 bits': '10000000000000005\r\nabcde\r\n0\r\n\r\n',
    'with NUL': '5\0\r\nabcde\r\n0\r\n\r\n',
    'too small for its chunk': '4\r\nabcde\r\n0\r\n\r\n',
    'too large for its chunk': '6\r\nabcde\r\n0\r\n\r\n',
  })
})

describe('a line in the framing', () => {
  refused({
    'with bare LF behind a size': '5\nabcde\r\n0\r\n\r\n',
    'with bare LF behind a chunk': '5\r\nabcde\n0\r\n\r\n',
    'with bare LF behind the last size': '5\r\nabcde\r\n0\n\r\n',
    'with bare LF at the end': '5\r\nabcde\r\n0\r\n\n',
    'with bare CR behind a size': '5\rabcde\r\n0\r\n\r\n',
    'with CR CR LF': '5\r\r\nabcde\r\n0\r\n\r\n',
    'that is missing behind a chunk': '5\r\nabcde0\r\n\r\n',
    'that is empty between two chunks': '5\r\nabcde\r\n\r\n0\r\n\r\n',
  })
})

describe('a chunk extension', () => {
  refused({
    'with bare LF, which hides a chunk from one of two readers': '5;a\nabcde\r\n0\r\n\r\n',
    'with bare CR': '5;a\rb\r\nabcde\r\n0\r\n\r\n',
    'with NUL': '5;\0\r\nabcde\r\n0\r\n\r\n',
    'with white space': '5; a\r\nabcde\r\n0\r\n\r\n',
    'with white space in front': '5 ;a\r\nabcde\r\n0\r\n\r\n',
    'that is empty': '5;\r\nabcde\r\n0\r\n\r\n',
    'with an open quote, within which a line could end': '5;a="\r\nabcde\r\n0\r\n\r\n',
    'with bytes beyond ASCII': '5;\xe9\r\nabcde\r\n0\r\n\r\n',
    'without end': `5;${'a'.repeat(10_000)}\r\nabcde\r\n0\r\n\r\n`,
  })

  it('that is in order is dropped', async () => {
    const body = '5;a=b;c="d e"\r\nabcde\r\n0;last\r\n\r\n'
    const next = gateway.backend.next()
    const answer = await gateway.ask(`POST /fine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`)
    assert.equal(answer.status, 200)
    assert.equal((await (await next).whole).toString(), 'abcde')
  })
})

describe('a trailer', () => {
  refused({
    'that says Content-Length': '5\r\nabcde\r\n0\r\nContent-Length: 100\r\n\r\n',
    'that says Transfer-Encoding': '5\r\nabcde\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n',
    'with space in front of the colon': '5\r\nabcde\r\n0\r\nX : y\r\n\r\n',
    'that is folded': '5\r\nabcde\r\n0\r\nX: y\r\n z\r\n\r\n',
    'without a colon': '5\r\nabcde\r\n0\r\nGET /smuggled HTTP/1.1\r\n\r\n',
    'with bare LF': '5\r\nabcde\r\n0\r\nX: y\n\r\n',
    'with NUL': '5\r\nabcde\r\n0\r\nX: \0\r\n\r\n',
    'without end': `5\r\nabcde\r\n0\r\n${'X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'.repeat(1000)}\r\n`,
  })

  it('never becomes a field of the request or of the next', async () => {
    const client = await gateway.connect()
    const trailers = 'Authorization: Bearer x\r\nHost: evil\r\nX-Forwarded-For: 6.6.6.6\r\nX-Trailer: y\r\n'
    const [first, second] = [gateway.backend.next(), gateway.backend.next()]
    const answers = [client.answer('POST'), client.answer('GET')]
    client.send(
      `POST /fine HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${trailers}\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n`,
    )
    for (const answer of answers) assert.equal((await answer).status, 200)
    for (const request of [await first, await second]) {
      assert.deepEqual(
        request.fields.filter(([name, value]) => /trailer|authorization/i.test(name) || /evil|6\.6\.6\.6/.test(value)),
        [],
      )
    }
    await client.destroy()
  })
})

describe('a body in pieces', () => {
  it('is refused when the malformed part comes late', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    const next = gateway.backend.next()
    client.send(`${head}5\r\nabcde\r\n`)
    const request = await next
    client.send('5\nabcde\r\n0\r\n\r\n')
    assert.equal((await answer).status, 400)
    await request.closed
    assert.equal(request.message.complete, false)
    assert.equal(await client.closed, 'clean')
  })

  it('is cut where an answer has already begun', async () => {
    const client = await gateway.connect()
    const answer = client.answer('POST')
    const next = gateway.backend.once((request) => {
      request.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    })
    client.send(`${head}5\r\nabcde\r\n`)
    const request = await next
    await new Promise((resolve) => client.socket.once('data', resolve))
    client.send('x\r\n')
    await assert.rejects(answer)
    assert.equal(await client.closed, 'cut')
    await request.closed
    assert.equal(request.message.complete, false)
  })
})
