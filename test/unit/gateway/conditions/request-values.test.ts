import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditions } from '../../../../src/gateway/conditions/conditions.ts'
import { Consumer } from '../../../../src/gateway/consumer.ts'
import { Exchange } from '../../../../src/gateway/exchange.ts'
import { requestFields } from '../../../../src/gateway/http1/request-fields.ts'
import { RequestHead } from '../../../../src/gateway/http1/request-head.ts'
import { samplePlan } from '../sample-plan.ts'

const fields = requestFields(['x-client'])

function exchangeWith(client: string, query: string) {
  const head = new RequestHead(fields.watched, { maxFields: 100, maxHead: 16_384 })
  let reads = 0
  head.values = () => {
    reads++
    return client
  }
  const exchange = new Exchange(head, new Consumer('address:192.0.2.1'))
  exchange.query = query
  return { exchange, reads: () => reads }
}

function asking(kind: 'header' | 'query', values: readonly string[] | 'any') {
  return conditions([{ kind, negated: false, name: kind === 'header' ? 'x-client' : 'client', values }], samplePlan(), fields)
}

test('a field is taken apart once, however many conditions ask for it', () => {
  const { exchange, reads } = exchangeWith('a, b'.padEnd(15_000, ','), '')
  for (let index = 0; index < 1_000; index++) assert.equal(asking('header', [`bad-${index}`])(exchange), false)
  assert.equal(asking('header', ['x', 'y', 'b', 'z'])(exchange), true)
  assert.equal(reads(), 1)
})

test('the next request on the connection is read anew', () => {
  const { exchange } = exchangeWith('a', '?client=a')
  assert.equal(asking('query', ['a'])(exchange), true)
  exchange.begin(0, '', exchange.caller)
  exchange.query = '?client=b'
  assert.deepEqual(
    [asking('query', ['a']), asking('query', ['b']), asking('query', 'any')].map((holds) => holds(exchange)),
    [false, true, true],
  )
})

test('nothing that was read outlasts the request', () => {
  const { exchange } = exchangeWith('a', '?client=a')
  asking('header', 'any')(exchange)
  exchange.forget()
  assert.equal(exchange.values, null)
})
