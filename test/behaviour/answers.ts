import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import type { Handler } from '../wire/backend.ts'
import type { Answer } from '../wire/client.ts'
import { requestText } from '../wire/request-text.ts'
import type { There } from './world.ts'

export function answers(there: There): void {
  /** The answer that a client gets to `method` when the backend's is these bytes. */
  async function answered(bytes: string | Handler, method = 'GET'): Promise<Answer> {
    there().open.once(typeof bytes === 'string' ? (request) => request.write(bytes) : bytes)
    return there().ask(method, '/open/v1/echo')
  }

  describe('an answer', () => {
    it('keeps its status and reason', async () => {
      for (const status of ['200 OK', '201 Created', '299 Odd One', '302 Found', '404 Not Here', '500 Oops', '599 Last']) {
        const { message } = await answered((request) => request.respond('x', [], status))
        assert.equal(message.startLine, `HTTP/1.1 ${status}`)
      }
    })

    it('with a length keeps it', async () => {
      const { message } = await answered('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')
      assert.deepEqual([message.text, message.field('Content-Length')], ['hello', '5'])
    })

    it('in chunks comes in chunks, without extensions and trailers', async () => {
      const { message } = await answered('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nX-T: y\r\n\r\n')
      assert.deepEqual([message.text, message.field('Transfer-Encoding'), message.field('Content-Length')], ['hello', 'chunked', undefined])
    })

    it('that ends with its connection comes in chunks, and the client’s connection stays', async () => {
      const client = await there().connect()
      there().open.once((request) => {
        request.write('HTTP/1.1 200 OK\r\n\r\nhello')
        request.socket.end()
      })
      const { message } = await client.request(requestText('GET', '/open/v1/echo'))
      assert.deepEqual([message.text, message.field('Transfer-Encoding')], ['hello', 'chunked'])
      assert.equal((await client.request(requestText('GET', '/open/v1/echo'))).status, 200)
      await client.destroy()
    })

    it('of HTTP/1.0 is passed on as one of HTTP/1.1', async () => {
      const { message } = await answered('HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello')
      assert.deepEqual([message.startLine, message.text], ['HTTP/1.1 200 OK', 'hello'])
    })

    it('to HEAD has no body, and the length that GET would have', async () => {
      const { message } = await answered('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n', 'HEAD')
      assert.deepEqual([message.length, message.field('Content-Length')], [0, '5000'])
    })

    it('of 204 has neither body nor length', async () => {
      const { message } = await answered('HTTP/1.1 204 No Content\r\n\r\n')
      assert.deepEqual([message.length, message.field('Content-Length'), message.field('Transfer-Encoding')], [0, undefined, undefined])
    })

    it('of 304 has no body, and may have a length', async () => {
      const { message } = await answered('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 5\r\n\r\n')
      assert.deepEqual([message.length, message.field('Content-Length'), message.field('ETag')], [0, '5', '"x"'])
    })

    it('may be announced by others: 103 is passed on, 100 is not', async () => {
      const { status, interim } = await answered(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      )
      assert.equal(status, 200)
      assert.deepEqual(
        interim.map(({ startLine, fields }) => [startLine, fields]),
        [['HTTP/1.1 103 Early Hints', [['Link', '</a.css>']]]],
      )
    })

    it('reaches the client as it comes', async () => {
      const client = await there().connect()
      const next = there().open.once((request) => request.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst'))
      const answer = client.answer()
      const begun = once(client.socket, 'data')
      client.send(requestText('GET', '/open/v1/echo'))
      const request = await next
      assert.match(String((await begun)[0]), /first$/)
      request.write('later')
      assert.equal((await answer).message.text, 'firstlater')
      await client.destroy()
    })

    it('that is cut short is no answer to the client', async () => {
      for (const bytes of [
        'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n',
      ]) {
        const client = await there().connect()
        there().open.once((request) => {
          request.write(bytes)
          request.socket.end()
        })
        const answer = client.answer()
        client.send(requestText('GET', '/open/v1/echo'))
        await assert.rejects(answer)
        assert.equal(await client.closed, 'cut')
      }
    })

    it('may come before the request is complete, and ends the connection', async () => {
      const client = await there().connect()
      there().open.once((request) => request.respond('enough'))
      const { message } = await client.request(requestText('POST', '/open/v1/echo', ['Content-Length: 100']))
      assert.deepEqual([message.text, message.field('Connection')], ['enough', 'close'])
      assert.equal(await client.closed, 'clean')
    })
  })
}
