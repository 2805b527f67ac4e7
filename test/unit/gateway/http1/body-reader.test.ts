import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BodyReader } from '../../../../src/gateway/http1/body-reader.ts'

type Outcome = { readonly content: string; readonly state: 'complete' | 'malformed' | 'unfinished'; readonly rest: string }

/** Feeds `pieces` one after another, each of them until it is used up or the body has come to its end. */
function feed(reader: BodyReader, pieces: readonly string[]): Outcome {
  let content = ''
  const sink = { bodyData: (chunk: Buffer, start: number, end: number) => (content += chunk.toString('latin1', start, end)) }
  let rest = ''
  for (const piece of pieces) {
    const chunk = Buffer.from(piece, 'latin1')
    rest += chunk.toString('latin1', reader.read(chunk, 0, sink))
  }
  return { content, state: reader.malformed ? 'malformed' : reader.complete ? 'complete' : 'unfinished', rest }
}

function chunked(): BodyReader {
  const reader = new BodyReader()
  reader.startChunked()
  return reader
}

function ofLength(length: number): BodyReader {
  const reader = new BodyReader()
  reader.startLength(length)
  return reader
}

function readChunked(text: string): Outcome {
  return feed(chunked(), [text])
}

describe('a body with a length', () => {
  it('ends there, and leaves what follows alone', () => {
    assert.deepEqual(feed(ofLength(3), ['abcGET']), { content: 'abc', state: 'complete', rest: 'GET' })
  })

  it('may come in pieces', () => {
    assert.deepEqual(feed(ofLength(3), ['a', 'b', 'cd', 'e']), { content: 'abc', state: 'complete', rest: 'de' })
  })

  it('of nothing is complete at once', () => {
    assert.equal(ofLength(0).complete, true)
    assert.deepEqual(feed(ofLength(0), ['GET']), { content: '', state: 'complete', rest: 'GET' })
  })

  it('is unfinished until then', () => {
    assert.equal(feed(ofLength(3), ['ab']).state, 'unfinished')
  })
})

describe('a body that ends with its connection', () => {
  it('takes everything and is never complete', () => {
    const reader = new BodyReader()
    reader.startUntilClose()
    assert.deepEqual(feed(reader, ['abc', 'def']), { content: 'abcdef', state: 'unfinished', rest: '' })
    assert.equal(reader.endsWithConnection, true)
  })
})

describe('a chunked body', () => {
  const body = '3\r\nabc\r\n00A;name=value;flag\r\n0123456789\r\n1\r\n\r\r\n0;last\r\nX-Trailer: dropped\r\nY:\r\n\r\n'
  const expected: Outcome = { content: 'abc0123456789\r', state: 'complete', rest: 'NEXT' }

  it('is its chunks, without sizes, extensions and trailers', () => {
    assert.deepEqual(readChunked(`${body}NEXT`), expected)
  })

  it('is the same wherever it is split in two', () => {
    for (let at = 1; at < body.length; at++) {
      assert.deepEqual(feed(chunked(), [body.slice(0, at), `${body.slice(at)}NEXT`]), expected, `split at ${at}`)
    }
  })

  it('is the same wherever it is split in three', () => {
    for (let first = 1; first < body.length; first++) {
      for (let second = first + 1; second < body.length; second++) {
        const pieces = [body.slice(0, first), body.slice(first, second), `${body.slice(second)}NEXT`]
        assert.deepEqual(feed(chunked(), pieces), expected, `split at ${first} and ${second}`)
      }
    }
  })

  it('is the same byte by byte', () => {
    assert.deepEqual(feed(chunked(), [...body, 'NEXT']), expected)
  })

  it('is unfinished at each point before its end', () => {
    for (let length = 0; length < body.length; length++) {
      const reader = chunked()
      assert.equal(feed(reader, [body.slice(0, length)]).state, 'unfinished', `after ${length} bytes`)
    }
  })

  it('may be empty', () => {
    assert.deepEqual(readChunked('0\r\n\r\nNEXT'), { content: '', state: 'complete', rest: 'NEXT' })
    assert.deepEqual(readChunked('00000000\r\n\r\n'), { content: '', state: 'complete', rest: '' })
  })

  it('has sizes of one to eight hex digits in any case', () => {
    assert.equal(readChunked('aA\r\n').state, 'unfinished')
    assert.equal(readChunked('00000001\r\nx\r\n0\r\n\r\n').state, 'complete')
    assert.equal(readChunked('ffffffff\r\n').state, 'unfinished')
    assert.equal(readChunked('000000001\r\n').state, 'malformed')
  })

  const malformed: Readonly<Record<string, readonly string[]>> = {
    'a size that is none': [
      '\r\n',
      'x\r\n',
      '0x5\r\n',
      '+5\r\n',
      '-1\r\n',
      ' 5\r\n',
      '\t5\r\n',
      '5 \r\n',
      '5\t\r\n',
      '5_0\r\n',
      '5.\r\n',
      'g\r\n',
      '"5"\r\n',
    ],
    'a line that ends in LF alone or CR alone': [
      '5\nabcde\n',
      '5\rabcde',
      '3\r\nabc\n',
      '3\r\nabc\r0',
      '0\r\n\n',
      '0\n\n',
      '0\r\nX: a\n\r\n',
    ],
    'a chunk that is longer or shorter than its size': ['3\r\nabcd\r\n', '3\r\nab\r\n0\r\n\r\n', '1\r\n\r\n0\r\n\r\n'],
    'an extension with a control character': ['5;a\0\r\n', '5;a\rb\r\n', '5;a\nb\r\n', '5;\x7f\r\n'],
    'an extension that two readers could take differently': [
      '5;a b\r\n',
      '5; a\r\n',
      '5;a=\r\n',
      '5;;\r\n',
      '5;a="b\r\n',
      '5;a="b"c\r\n',
      '5;\x80\r\n',
      '5;=b\r\n',
      '5;a=b=c\r\n',
    ],
    'a trailer that is not a field': [
      '0\r\n X: a\r\n',
      '0\r\n: a\r\n',
      '0\r\nX : a\r\n',
      '0\r\nX\r\n',
      '0\r\nX: a\0\r\n',
      '0\r\nX: a\r\n b\r\n',
    ],
    'a trailer that would change the framing': [
      '0\r\nContent-Length: 5\r\n',
      '0\r\nTRANSFER-ENCODING: chunked\r\n',
      '0\r\nX: a\r\ncontent_length: 5\r\n',
    ],
  }
  for (const [what, texts] of Object.entries(malformed)) {
    it(`is malformed with ${what}`, () => {
      for (const text of texts) {
        assert.equal(readChunked(text).state, 'malformed', JSON.stringify(text))
        assert.equal(feed(chunked(), [...text]).state, 'malformed', `${JSON.stringify(text)} byte by byte`)
      }
    })
  }

  it('stays malformed and gives nothing more', () => {
    const reader = chunked()
    assert.equal(feed(reader, ['x']).state, 'malformed')
    assert.deepEqual(feed(reader, ['3\r\nabc\r\n0\r\n\r\n']), { content: '', state: 'malformed', rest: '3\r\nabc\r\n0\r\n\r\n' })
  })

  it('may have extensions with values, quoted or not', () => {
    for (const extension of ['a', 'a=b', 'a;b', 'a="b c"', 'a="\\"\\\\";b=c;d', "!#$%&'*+-.^_`|~=1", 'a=""']) {
      assert.equal(readChunked(`0;${extension}\r\n\r\n`).state, 'complete', extension)
    }
  })

  it('has bounded extensions', () => {
    assert.equal(readChunked(`0;${'a'.repeat(200)}\r\n\r\n`).state, 'complete')
    assert.equal(readChunked(`0;${'a'.repeat(300)}`).state, 'malformed')
  })

  it('has bounded trailers', () => {
    assert.equal(readChunked(`0\r\nX: ${'a'.repeat(8000)}\r\n\r\n`).state, 'complete')
    assert.equal(readChunked(`0\r\n${'X: aaaaaaaaaaaaaaaa\r\n'.repeat(500)}`).state, 'malformed')
  })

  it('can be read again from the start', () => {
    const reader = chunked()
    feed(reader, ['5\r\nab'])
    reader.startChunked()
    assert.deepEqual(feed(reader, ['1\r\nx\r\n0\r\n\r\n']), { content: 'x', state: 'complete', rest: '' })
  })
})

it('what one read brings in tiny chunks is handed on in one piece, and what follows the body is left as it is', () => {
  const reader = new BodyReader()
  reader.startChunked()
  const pieces: string[] = []
  const bytes = Buffer.from(`${'1\r\nx\r\n'.repeat(1000)}28\r\n${'y'.repeat(40)}\r\n0\r\n\r\nGET / HTTP/1.1`)
  const end = reader.read(bytes, 0, { bodyData: (chunk, from, to) => pieces.push(chunk.toString('latin1', from, to)) })
  assert.deepEqual(pieces, ['x'.repeat(1000) + 'y'.repeat(40)])
  assert.deepEqual([reader.complete, bytes.toString('latin1', end)], [true, 'GET / HTTP/1.1'])
})
