import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Project } from '../../../../src/compiler/model/model.ts'
import type { Issuer, SenderConstrained } from '../../../../src/compiler/model/types/issuer.ts'
import type { Operation } from '../../../../src/compiler/model/types/operation.ts'
import { confineToIssuers } from '../../../../src/compiler/plan/accepted-issuers.ts'
import type { SecurityPlan } from '../../../../src/contract/plan/security.ts'
import { tokenSecurity } from '../../gateway/sample-plan.ts'
import { at, operation, project } from '../sample-project.ts'

function twoIssuers(first: Partial<Issuer> = {}, second: Partial<Issuer> = {}): Project {
  const one = project([]).issuers[0]!
  return project([], {
    issuers: [
      { ...one, issuer: 'https://one.example', ...first },
      { ...one, issuer: 'https://two.example', ...second },
    ],
  })
}

function bound(parts: Partial<SenderConstrained>): Partial<Issuer> {
  return { senderConstrained: { certificate: false, dpop: false, required: true, at: at('postern.yaml', 9), ...parts } }
}

function naming(...names: readonly string[]): Operation {
  const where = at('api.yaml', 4)
  return operation('GET', '/a', { issuers: names.length === 0 ? null : { value: names.map((value) => ({ value, at: where })), at: where } })
}

const security: SecurityPlan = tokenSecurity({ alternatives: [{ issuers: [0, 1], scopes: [], certificate: false }] })
const planned = { security, certificate: 'unused' } as const

test('an operation takes the tokens of the issuers that it names, and of all where it names none', () => {
  const issuersOf = (named: Operation): unknown => {
    const { security: confined } = confineToIssuers(planned, named, twoIssuers())
    return confined.kind === 'token' && confined.alternatives.map(({ issuers }) => issuers)
  }
  assert.deepEqual(issuersOf(naming()), [[0, 1]])
  assert.deepEqual(issuersOf(naming('https://two.example')), [[1]])
  assert.deepEqual(issuersOf(naming('https://two.example', 'https://one.example')), [[0, 1]])
})

test('proofs and certificates are asked for where an accepted issuer binds its tokens', () => {
  const asked = (named: Operation, of: Project): unknown => {
    const { security: confined, certificate } = confineToIssuers(planned, named, of)
    return [confined.kind === 'token' && confined.dpop, certificate]
  }
  assert.deepEqual(asked(naming(), twoIssuers()), [false, 'unused'])
  assert.deepEqual(asked(naming(), twoIssuers({}, bound({ dpop: true }))), [true, 'unused'])
  assert.deepEqual(asked(naming(), twoIssuers(bound({ certificate: true }))), [false, 'optional'])
  assert.deepEqual(asked(naming('https://two.example'), twoIssuers(bound({ certificate: true, dpop: true }))), [false, 'unused'])
})

test('nothing is asked of a public operation', () => {
  const open = { security: { kind: 'public' }, certificate: 'unused' } as const
  assert.equal(confineToIssuers(open, naming(), twoIssuers(bound({ certificate: true }))), open)
})

test('a certificate that is required stays so', () => {
  const required = { security, certificate: 'required' } as const
  assert.equal(confineToIssuers(required, naming(), twoIssuers(bound({ certificate: true }))).certificate, 'required')
})

test('beside API keys, the token of an alternative is confined, and what no issuer is left for falls away', () => {
  const token = { issuers: [0, 1], scopes: [] }
  const none = { token: null, apiKey: null, basic: null, certificate: false }
  const ways = [
    { ...none, token, apiKey: { scopes: [0] } },
    { ...none, token: { ...token, issuers: [0] }, basic: { scopes: [] } },
    { ...none, apiKey: { scopes: [1] } },
  ]
  const kinds = {
    kind: 'credentials',
    header: 'authorization',
    apiKeyPlaces: [],
    alternatives: ways,
    anonymous: false,
    dpop: false,
  } as const
  const before = { security: kinds, certificate: 'unused' } as const
  const all = confineToIssuers(before, naming(), twoIssuers({}, bound({ certificate: true, dpop: true })))
  assert.deepEqual(all, { security: { ...kinds, dpop: true }, certificate: 'optional' })
  const confined = confineToIssuers(before, naming('https://two.example'), twoIssuers(bound({ certificate: true, dpop: true })))
  const [first, , last] = ways
  const left = [{ ...first, token: { ...token, issuers: [1] } }, last]
  assert.deepEqual(confined, { security: { ...kinds, alternatives: left }, certificate: 'unused' })
})
