/** Readings and the pauses behind them. Time is the test's; the socket is a real one. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Pauses, pausesOf, shortestPause, unhurried } from '../../../../src/gateway/feeds/gathering.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function recorded(context: TestContext): { readonly pauses: Pauses; readonly told: string[] } {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const told: string[] = []
  return {
    pauses: new Pauses(
      () => told.push('pause'),
      () => told.push('go on'),
    ),
    told,
  }
}

test('behind a reading there is a pause, and one only', async (context) => {
  const { pauses, told } = recorded(context)
  pauses.after(100)
  pauses.after(100)
  assert.deepEqual(told, [], 'what comes in this turn of the loop is read')
  await turn()
  assert.deepEqual(told, ['pause'])
  context.mock.timers.tick(shortestPause)
  assert.deepEqual(told, ['pause', 'go on'])
  await turn()
  pauses.after(100)
  await turn()
  context.mock.timers.tick(shortestPause)
  assert.deepEqual(told, ['pause', 'go on', 'pause', 'go on'])
})

test('pauses grow while more than one piece is read behind each', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  let ended = 0
  let isDense = true
  const pauses: Pauses = new Pauses(
    () => {},
    () => {
      ended++
      pauses.after(100)
      if (isDense) pauses.after(100)
    },
  )
  pauses.after(100)
  pauses.after(100)
  const passes = async (length: number): Promise<void> => {
    const before = ended
    await turn()
    context.mock.timers.tick(length - 1)
    assert.equal(ended, before, `${length}`)
    context.mock.timers.tick(1)
    assert.equal(ended, before + 1, `${length}`)
  }
  for (const length of [5, 10, 20, 40]) await passes(length)
  isDense = false
  await passes(40)
  await passes(5)
})

test('a backlog is read without a pause', async (context) => {
  const { pauses, told } = recorded(context)
  pauses.after(100_000)
  await turn()
  pauses.after(100)
  pauses.after(100_000)
  await turn()
  context.mock.timers.tick(shortestPause)
  assert.deepEqual(told, [])
})

test('a pause that has begun ends, whatever was read', async (context) => {
  const { pauses, told } = recorded(context)
  pauses.after(100)
  await turn()
  pauses.after(100_000)
  context.mock.timers.tick(shortestPause)
  assert.deepEqual(told, ['pause', 'go on'])
})

test('what comes to a socket in a pause is read together behind it', async (context) => {
  const accepted = Promise.withResolvers<Socket>()
  const server = createServer(accepted.resolve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  const reader = connect({ port: address.port, host: '127.0.0.1', ...unhurried })
  const writer = await accepted.promise
  context.after(() => {
    reader.destroy()
    writer.destroy()
    server.close()
  })
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const write = (text: string): Promise<void> => new Promise((resolve) => writer.write(text, () => resolve()))
  const pauses = pausesOf(reader)
  const pieces: string[] = []
  reader.on('data', (piece: Buffer) => {
    pieces.push(piece.toString())
    pauses.after(piece.length)
  })

  await write('first ')
  while (pieces.length === 0) await turn()
  await turn()
  for (let count = 0; count < 50; count++) await write(`${count} `)
  for (let count = 0; count < 20; count++) await turn()
  assert.deepEqual(pieces, ['first '])

  const all = `first ${Array.from({ length: 50 }, (_, count) => `${count} `).join('')}`
  while (pieces.join('') !== all) {
    context.mock.timers.tick(100)
    await turn()
  }
  assert.ok(pieces.length < 10, String(pieces.length))
})

test('a socket that its reader has stopped stays so', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const socket = new Socket()
  context.after(() => socket.destroy())
  const pauses = pausesOf(socket)
  socket.resume()
  pauses.after(100)
  socket.pause()
  await turn()
  context.mock.timers.tick(shortestPause)
  assert.ok(socket.isPaused())
})
