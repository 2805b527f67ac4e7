/** The comparison of ways, held against a truth table: everything that a caller could hold, one by one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Way } from '../../../../src/cli/certificate/ways.ts'
import { beyond } from '../../../../src/cli/diff/way-implication.ts'

const nothing: Way = { token: null, apiKey: null, password: null, certificate: false }
const token = (issuers: readonly string[], ...scopes: string[]): Way => ({ ...nothing, token: { issuers, scopes } })

test('a way that asks for less lets more in', () => {
  const read = token(['a'], 'read')
  const readAndWrite = token(['a'], 'read', 'write')
  assert.deepEqual(beyond([read], [readAndWrite]), [read])
  assert.deepEqual(beyond([readAndWrite], [read]), [])
  assert.deepEqual(beyond([nothing], [read]), [nothing])
  assert.deepEqual(beyond([{ ...read, certificate: true }], [read]), [])
  assert.deepEqual(beyond([token(['a', 'b'], 'read')], [read]), [token(['b'], 'read')])
  assert.deepEqual(beyond([token(['a', 'b'])], [token(['b']), token(['a'])]), [])
})

test('what the comparison says is what a truth table says, for every two pairs of ways', () => {
  const ways = [
    nothing,
    { ...nothing, certificate: true },
    token(['a']),
    token(['a', 'b'], 'x'),
    token(['b'], 'x', 'y'),
    { ...token(['a'], 'y'), certificate: true },
    { ...nothing, apiKey: { scopes: ['x'] } },
    { ...nothing, apiKey: { scopes: [] }, password: { scopes: ['y'] } },
    { ...token(['b']), apiKey: { scopes: ['x', 'y'] } },
  ]
  const pairs = ways.flatMap((first, index) => ways.slice(index).map((second) => [first, second]))
  const admitted = pairs.map((pair) => callers.map((caller) => pair.some((way) => admits(way, caller))))
  for (const [index, pair] of pairs.entries()) {
    for (const [other, others] of pairs.entries()) {
      const more = admitted[index]!.some((is, caller) => is && !admitted[other]![caller])
      assert.equal(beyond(pair, others).length > 0, more, JSON.stringify([pair, others]))
    }
  }
})

type Caller = {
  readonly token: { readonly issuer: string; readonly scopes: readonly string[] } | null
  readonly apiKey: readonly string[] | null
  readonly password: readonly string[] | null
  readonly certificate: boolean
}

const scopeSets = [[], ['x'], ['y'], ['x', 'y']]
const tokens = [null, ...['a', 'b'].flatMap((issuer) => scopeSets.map((scopes) => ({ issuer, scopes })))]
const callers: readonly Caller[] = tokens.flatMap((held) =>
  [null, ...scopeSets].flatMap((apiKey) =>
    [null, ...scopeSets].flatMap((password) => [true, false].map((certificate) => ({ token: held, apiKey, password, certificate }))),
  ),
)

/** The rule of the gateway, told without any comparison of ways. */
function admits(way: Way, caller: Caller): boolean {
  const holds = (scopes: readonly string[], asked: readonly string[]): boolean => asked.every((scope) => scopes.includes(scope))
  if (way.certificate && !caller.certificate) return false
  if (way.apiKey !== null && (caller.apiKey === null || !holds(caller.apiKey, way.apiKey.scopes))) return false
  if (way.password !== null && (caller.password === null || !holds(caller.password, way.password.scopes))) return false
  if (way.token === null) return true
  return caller.token !== null && way.token.issuers.includes(caller.token.issuer) && holds(caller.token.scopes, way.token.scopes)
}
