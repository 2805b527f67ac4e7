/** Registries that answer another time, and connections that break. Pauses are told and not waited for. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Waiting } from '../../../../src/cli/lock/attempts.ts'
import { FetchError } from '../../../../src/cli/lock/bounded-fetch.ts'
import { readImageReference } from '../../../../src/cli/lock/image-reference.ts'
import { Registry } from '../../../../src/cli/lock/registry.ts'
import { type Page, server } from './page-server.ts'

const content = Buffer.from('0123456789'.repeat(30_000))

type Stage = { readonly registry: Registry; readonly asked: readonly (string | undefined)[]; readonly waited: number[] }

/** One page for each time that it is asked; the last one again and again. `asked`: which part. */
async function stage(t: TestContext, ...pages: readonly Page[]): Promise<Stage> {
  const asked: (string | undefined)[] = []
  const { host } = await server(t, (request, answer) =>
    pages[Math.min(asked.push(request.headers.range), pages.length) - 1]!(request, answer),
  )
  const waited: number[] = []
  const waiting: Waiting = { now: () => Date.UTC(2026, 0, 1), wait: async (milliseconds) => waited.push(milliseconds) }
  const registry = new Registry(readImageReference(`docker://${host}/base:26`), {
    plainHttp: true,
    patience: { silence: 600_000, whole: 600_000 },
    waiting,
  })
  return { registry, asked, waited }
}

const later =
  (status: number, retryAfter?: string): Page =>
  (_, answer) =>
    answer.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('later')
const whole: Page = (_, answer) => answer.end(content)
const cut: Page = (request) => request.socket.destroy()

/** From there on. */
const rest =
  (from: number): Page =>
  (_, answer) => {
    const range = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
    answer.writeHead(206, range).end(content.subarray(from))
  }

/** Some of it; then the connection ends, when that has been taken. */
const beginning =
  (taken: Promise<void>): Page =>
  async (_, answer) => {
    answer.writeHead(200, { 'content-length': content.length })
    answer.write(content.subarray(0, 70_000))
    await taken
    answer.destroy()
  }

/** `second`: what answers when the connection has ended in the middle. */
async function brokenBlob(t: TestContext, second: Page): Promise<{ readonly read: Promise<Buffer>; readonly stage: Stage }> {
  const { promise: taken, resolve: take } = Promise.withResolvers<void>()
  const own = await stage(t, beginning(taken), second)
  const read = async (): Promise<Buffer> => {
    const pieces: Uint8Array[] = []
    for await (const piece of own.registry.blob('sha256:0')) {
      pieces.push(piece)
      take()
    }
    return Buffer.concat(pieces)
  }
  return { read: read(), stage: own }
}

test('a registry that would rather be asked later is, after as long as it says', async (t) => {
  const busy = await stage(t, later(429, '7'), later(503), later(503, 'Thu, 01 Jan 2026 00:00:30 GMT'), whole)
  assert.deepEqual((await busy.registry.manifest('26')).content, content)
  assert.deepEqual(busy.waited, [7_000, 2_000, 30_000])
})

test('it is asked four times and no more', async (t) => {
  for (const page of [later(503), later(503, '0'), later(503, 'soon'), cut]) {
    const { registry, asked, waited } = await stage(t, page)
    await assert.rejects(
      registry.manifest('26'),
      (error) => error instanceof FetchError && /answers 503|cannot be fetched/.test(error.message),
    )
    assert.deepEqual([asked.length, waited], [4, [1_000, 2_000, 4_000]])
  }
})

test('nobody waits for more than a minute, or asks again what is refused', async (t) => {
  for (const [page, message] of [
    [later(429, '3600'), /answers 429/],
    [later(500), /answers 500/],
    [later(404), /does not have it/],
  ] as const) {
    const { registry, asked } = await stage(t, page)
    await assert.rejects(registry.manifest('26'), message)
    assert.equal(asked.length, 1)
  }
})

test('a connection that breaks before the answer, or in a manifest, is made again', async (t) => {
  const { registry, waited } = await stage(t, cut, beginning(Promise.resolve()), whole)
  assert.deepEqual((await registry.manifest('26')).content, content)
  assert.deepEqual(waited, [1_000, 2_000])
})

test('of a blob that breaks off the rest is asked for, whether the registry knows of parts or not', async (t) => {
  const fromRange: Page = (request, answer) => rest(Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]))(request, answer)
  for (const second of [fromRange, whole]) {
    const { read, stage: own } = await brokenBlob(t, second)
    assert.deepEqual(await read, content)
    assert.equal(own.asked.length, 2)
    assert.match(own.asked[1] ?? '', /^bytes=\d+-$/)
  }
})

test('a part that is another than was asked for is not taken', async (t) => {
  const { read } = await brokenBlob(t, rest(1))
  await assert.rejects(read, /answers 206/)
})

test('a token service that is busy is asked again, too', async (t) => {
  const { host: service } = await server(
    t,
    (() => {
      const pages = [later(429, '3'), ((_, answer) => answer.end('{"token":"abc"}')) satisfies Page]
      return (request, answer) => (pages.length > 1 ? pages.shift() : pages[0])?.(request, answer)
    })(),
  )
  const { registry, waited } = await stage(t, (request, answer) =>
    request.headers.authorization === 'Bearer abc'
      ? answer.end(content)
      : answer.writeHead(401, { 'www-authenticate': `Bearer realm="http://${service}/token"` }).end(),
  )
  assert.deepEqual((await registry.manifest('26')).content, content)
  assert.deepEqual(waited, [3_000])
})
