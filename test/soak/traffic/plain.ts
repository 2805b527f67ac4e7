import assert from 'node:assert/strict'
import { assertForwarded, exchange } from '../exchange.ts'
import { digestOf, sizes } from '../payload.ts'
import { goodToken, type Traffic } from '../world.ts'

/** Small requests, the most of what a gateway sees. */
export const echo: Traffic = {
  name: 'small request',
  weight: 100,
  run: async (world) => {
    const id = `n${world.next()}`
    const got = await exchange(world, { path: `/steady/echo/${id}?q=${id}`, token: world.random.pick(world.tokens) })
    assertForwarded(got)
    assert.equal(got.text, JSON.stringify({ id, method: 'GET', authorization: null }))
  },
}

export const head: Traffic = {
  name: 'HEAD',
  weight: 5,
  run: async (world) => {
    const got = await exchange(world, { method: 'HEAD', path: '/steady/echo/1', token: world.random.pick(world.tokens) })
    assertForwarded(got)
    assert.equal(got.length, 0)
  },
}

/** A token that the gateway sees for the first time, and forgets again some day. */
export const newToken: Traffic = {
  name: 'new token',
  weight: 20,
  run: async (world) => {
    const token = goodToken(world.issuer, `visitor-${world.next()}`)
    assertForwarded(await exchange(world, { path: '/steady/echo/new', token }))
  },
}

export const download: Traffic = {
  name: 'body down',
  weight: 15,
  run: async (world) => {
    const bytes = world.random.pick(sizes)
    const kind = world.random.pick(['bytes', 'chunks'])
    const got = await exchange(world, { path: `/steady/${kind}/${bytes}`, token: world.random.pick(world.tokens) })
    assertForwarded(got)
    assert.deepEqual([got.length, got.digest], [bytes, digestOf(bytes)])
  },
}

export const upload: Traffic = {
  name: 'body up',
  weight: 15,
  run: async (world) => {
    const bytes = world.random.pick(sizes)
    const framing = world.random.pick(['length', 'chunked'] as const)
    const got = await exchange(world, {
      method: 'POST',
      path: '/steady/digest',
      token: world.random.pick(world.tokens),
      upload: { bytes, framing },
    })
    assertForwarded(got)
    assert.equal(got.text, digestOf(bytes))
  },
}
