import assert from 'node:assert/strict'
import { assertForwarded, assertRefused, exchange } from '../exchange.ts'
import { clockSkewSeconds, quota, requiredScope } from '../project.ts'
import { goodToken, type Traffic, type World } from '../world.ts'

type Wrong = { readonly status: number; readonly path: string; readonly method?: string; readonly token?: (world: World) => string }

const path = '/steady/echo/1'

const wrongs: readonly Wrong[] = [
  { status: 401, path },
  { status: 401, path, token: () => 'not.a.token' },
  { status: 401, path, token: (world) => `${world.random.pick(world.tokens).slice(0, -8)}AAAAAAAA` },
  { status: 401, path, token: ({ issuer }) => issuer.token({ scope: requiredScope, exp: 1_000_000_000 }) },
  { status: 401, path, token: ({ issuer }) => issuer.token({ scope: requiredScope, aud: 'others' }) },
  { status: 403, path, token: ({ issuer }) => issuer.token({ scope: 'read:other' }) },
  { status: 404, path: '/steady/nothing' },
  { status: 405, path, method: 'DELETE' },
  { status: 400, path: '/steady/echo/%zz' },
  { status: 414, path: `/steady/echo/${'x'.repeat(9000)}` },
]

/** Requests that must not pass, each for its own reason. */
export const refused: Traffic = {
  name: 'refused',
  weight: 20,
  run: async (world) => {
    const wrong = world.random.pick(wrongs)
    const token = wrong.token?.(world)
    const got = await exchange(world, {
      path: wrong.path,
      ...(wrong.method === undefined ? {} : { method: wrong.method }),
      ...(token === undefined ? {} : { token }),
    })
    assertRefused(got, wrong.status)
  },
}

/** A refused request whose body is on its way all the same. */
export const refusedUpload: Traffic = {
  name: 'refused upload',
  weight: 3,
  run: async (world) => {
    const got = await exchange(world, {
      method: 'POST',
      path: '/steady/digest',
      upload: { bytes: world.random.pick([1, 1000, 60_000]), framing: 'length' },
    })
    assertRefused(got, 401)
  },
}

/** Seconds that a token is good for, and those after which it must be refused though the gateway remembers it as verified. */
const lifetime = 10
const expired = lifetime + clockSkewSeconds + 2

/** A token that passes, and no longer when its time is over. */
export const expiringToken: Traffic = {
  name: 'expiring token',
  weight: 1,
  run: async (world) => {
    const token = world.issuer.token({ scope: requiredScope, exp: Math.floor(Date.now() / 1000) + lifetime })
    assertForwarded(await exchange(world, { path, token }))
    await new Promise((resolve) => setTimeout(resolve, expired * 1000))
    assertRefused(await exchange(world, { path, token }), 401)
  },
}

/** A new consumer uses up its quota: exactly so many pass. */
export const overQuota: Traffic = {
  name: 'over quota',
  weight: 2,
  run: async (world) => {
    const token = goodToken(world.issuer, `greedy-${world.next()}`)
    for (let passed = 0; passed < quota; passed++) assertForwarded(await exchange(world, { path: '/steady/limited', token }))
    const got = await exchange(world, { path: '/steady/limited', token })
    assertRefused(got, 429)
    assert.ok(Number(got.headers['retry-after']) > 0)
  },
}
