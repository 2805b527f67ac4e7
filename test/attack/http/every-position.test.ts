/** One byte that does not belong there, at every position of a message: what holds it is never passed on as if it did not. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { nothingLeft } from '../../wire/nothing-left.ts'
import { OpenGateway, smuggled } from './open-gateway.ts'

let gateway: OpenGateway
before(async () => {
  gateway = await OpenGateway.start()
})
after(() => gateway.stop())

const foreign: Readonly<Record<string, string>> = { NUL: '\0', LF: '\n', CR: '\r', 'a control character': '\x01', DEL: '\x7f' }

/** The text with `byte` in the place of each of its own, as long as it is another. */
function* replaced(text: string, byte: string): Generator<string> {
  for (let at = 0; at < text.length; at++) if (text[at] !== byte) yield text.slice(0, at) + byte + text.slice(at + 1)
}

const requestHead = 'GET /a?b=c HTTP/1.1\r\nHost: a\r\nX-Y: z\r\nContent-Length: 0\r\n\r\n'
const answerHead = 'HTTP/1.1 200 OK\r\nX-Y: z\r\nContent-Length: 0\r\n\r\n'
/** Chunks without the content: `~` stands for it, in one position that is never replaced. */
const chunks = '2;a=b\r\n~~\r\n1\r\n~\r\n0\r\nX-Y: z\r\n\r\n'

function* badChunks(byte: string): Generator<string> {
  for (const body of replaced(chunks, byte)) if (body.match(/~/g)?.length === 3) yield body
}

for (const [name, byte] of Object.entries(foreign)) {
  describe(name, () => {
    it('in the head of a request: refused, and nothing behind it is read', async () => {
      for (const head of replaced(requestHead, byte)) await gateway.refuses(head + smuggled, 400)
      await nothingLeft(gateway.local, gateway.backend)
    })

    it('in the chunks of a request: refused, and cut for the backend', async () => {
      for (const body of badChunks(byte)) {
        const client = await gateway.connect()
        const next = gateway.backend.next()
        const answer = client.answer('POST')
        client.send('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
        const request = await next
        client.send(body + smuggled)
        assert.equal((await answer).status, 400, JSON.stringify(body))
        assert.equal(await client.closed, 'clean')
        await request.closed
        assert.equal(request.message.complete, false, JSON.stringify(body))
      }
      await nothingLeft(gateway.local, gateway.backend)
    })

    it('in the head of an answer: 502', async () => {
      const client = await gateway.connect()
      for (const head of replaced(answerHead, byte)) {
        const next = gateway.backend.once((request) => request.write(head))
        assert.equal((await client.request('GET /a HTTP/1.1\r\nHost: a\r\n\r\n')).status, 502, JSON.stringify(head))
        await (await next).closed
      }
      await client.destroy()
      await nothingLeft(gateway.local, gateway.backend)
    })

    it('in the chunks of an answer: cut', async () => {
      for (const body of badChunks(byte)) {
        const client = await gateway.connect()
        const next = gateway.backend.once((request) => request.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`))
        await assert.rejects(client.request('GET /a HTTP/1.1\r\nHost: a\r\n\r\n'), JSON.stringify(body))
        assert.equal(await client.closed, 'cut')
        await (await next).closed
      }
      await nothingLeft(gateway.local, gateway.backend)
    })
  })
}
