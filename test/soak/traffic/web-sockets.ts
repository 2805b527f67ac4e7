import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { pieces } from '../payload.ts'
import type { Traffic, World } from '../world.ts'

function open(world: World, token: string | null): WebSocket {
  const { tls, port } = world.random.pick(world.doors)
  return new WebSocket(`${tls ? 'wss' : 'ws'}://127.0.0.1:${port}/steady/socket`, {
    rejectUnauthorized: false,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  })
}

/** A conversation: texts and a large binary message come back as they were sent. */
export const webSocket: Traffic = {
  name: 'WebSocket',
  weight: 4,
  run: async (world) => {
    const socket = open(world, world.random.pick(world.tokens))
    await once(socket, 'open')
    for (const message of [`word ${world.next()}`, 'another', Buffer.concat([...pieces(100_000)])]) {
      const came = once(socket, 'message')
      socket.send(message)
      const [answer] = (await came) as [Buffer]
      assert.ok(Buffer.from(message).equals(answer), 'a message came back changed')
    }
    if (world.random.onceIn(3)) return socket.terminate()
    socket.close(1000)
    const [code] = (await once(socket, 'close')) as [number]
    assert.equal(code, 1000)
  },
}

export const refusedWebSocket: Traffic = {
  name: 'WebSocket refused',
  weight: 2,
  run: async (world) => {
    const socket = open(world, null)
    const [error] = (await once(socket, 'error')) as [Error]
    assert.equal(error.message, 'Unexpected server response: 401')
  },
}
