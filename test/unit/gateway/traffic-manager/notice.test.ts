import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressBits } from '../../../../src/gateway/feeds/networks.ts'
import { holdsFor, readConditions } from '../../../../src/gateway/traffic-manager/condition-list.ts'
import { evaluated } from '../../../../src/gateway/traffic-manager/key-template.ts'
import { readBlocks, readNotice, readTemplates } from '../../../../src/gateway/traffic-manager/notice.ts'

const tenant = 'carbon.super'
const bits = (address: string): string => addressBits(address) ?? 'none'

test('decisions, with and without conditions', () => {
  const decision = { kind: 'decision', key: 'k', until: 5, conditions: null }
  assert.deepEqual(readNotice({ throttleKey: 'k', isThrottled: true, expiryTimeStamp: 5 }, tenant), decision)
  assert.deepEqual(readNotice({ throttleKey: 'k', isThrottled: 'true', expiryTimeStamp: '5', evaluatedConditions: null }, tenant), decision)
  assert.deepEqual(readNotice({ throttleKey: 'k', isThrottled: 'true', expiryTimeStamp: '5', evaluatedConditions: 'W10' }, tenant), {
    ...decision,
    conditions: 'W10',
  })
  assert.deepEqual(readNotice({ throttleKey: 'k', isThrottled: false }, tenant), { ...decision, until: 0 })
})

test('blocks of addresses, in every form', () => {
  const of = (conditionValue: unknown, id?: number): unknown =>
    readNotice({ blockingCondition: 'IP', conditionValue, state: 'true', ...(id === undefined ? {} : { id }) }, tenant)
  const one = bits('192.0.2.1')
  const block = { kind: 'address', from: one, to: one, inverted: false }
  const plain = { kind: 'block', block: { ...block, id: `${one}-${one}-false` }, holds: true }
  assert.deepEqual(of('192.0.2.1'), plain)
  assert.deepEqual(of('carbon.super:192.0.2.1'), plain)
  assert.deepEqual(of('{"fixedIp":"192.0.2.1","invert":false}', 5), { ...plain, block: { ...block, id: '5' } })
  const [from, to] = [bits('2001:db8::1'), bits('2001:db8::9')]
  assert.deepEqual(of({ startingIp: '2001:db8::1', endingIp: '2001:db8::9', invert: true }, 6), {
    ...plain,
    block: { kind: 'address', id: '6', from, to, inverted: true },
  })
  for (const value of [
    'x',
    '',
    5,
    null,
    '{',
    '{"fixedIp":5}',
    { startingIp: '192.0.2.1', endingIp: '2001:db8::9' },
    { startingIp: '192.0.2.1' },
  ])
    assert.equal(of(value), undefined)
})

test('what makes no sense, and what is another tenant’s', () => {
  for (const fields of [
    null,
    'x',
    [],
    {},
    { throttleKey: '', isThrottled: true, expiryTimeStamp: 5 },
    { throttleKey: 'k', isThrottled: true },
    { throttleKey: 'k'.repeat(5000), isThrottled: true, expiryTimeStamp: 5 },
    { keyTemplateValue: 5, keyTemplateState: 'add' },
    { blockingCondition: 'USER', conditionValue: 5 },
    { blockingCondition: 'SUBSCRIPTION', conditionValue: 'x', state: 'true' },
  ])
    assert.equal(readNotice(fields, tenant), undefined)
  const foreign = { blockingCondition: 'USER', conditionValue: 'x', state: 'true', tenantDomain: 'other.example' }
  assert.equal(readNotice(foreign, tenant), 'other')
  assert.deepEqual(readNotice(foreign, 'other.example'), { kind: 'block', block: { kind: 'user', value: 'x' }, holds: true })
})

test('the lists, as a whole', () => {
  let skipped = 0
  const rejected = (): void => {
    skipped++
  }
  assert.deepEqual(readTemplates(['a', { keyTemplateValue: 'b' }, 5, ''], rejected), ['a', 'b'])
  assert.equal(readTemplates({}, rejected), undefined)
  assert.equal(readBlocks([], tenant, rejected), undefined)
  assert.equal(skipped, 2)
  assert.deepEqual(
    readBlocks(
      {
        api: ['/a/1'],
        user: ['u', 5],
        ip: [{ id: 1, fixedIp: '192.0.2.1' }, { id: 2, tenantDomain: 'x', fixedIp: '192.0.2.2' }, { id: 3, fixedIp: '192.0.2.256' }, 'x'],
        subscription: ['/a/1:1:admin-Shop'],
      },
      tenant,
      rejected,
    ),
    [
      { kind: 'api', value: '/a/1' },
      { kind: 'user', value: 'u' },
      { kind: 'address', id: '1', from: bits('192.0.2.1'), to: bits('192.0.2.1'), inverted: false },
    ],
  )
  assert.equal(skipped, 6)
})

test('conditions hold for the addresses that they name, and for no field, parameter or claim', () => {
  const read = (value: unknown): ReturnType<typeof readConditions> =>
    readConditions(Buffer.from(JSON.stringify(value)).toString('base64url'))
  const holds = (value: unknown, address: string): boolean => holdsFor(read(value) ?? [], addressBits(address))
  const range = { startingIp: '3221225985', endingIp: '192.0.2.9', invert: false }
  assert.ok(holds([{ iprange: range }], '192.0.2.1') && holds([{ iprange: range }], '192.0.2.9'))
  assert.ok(!holds([{ iprange: range }], '192.0.2.10') && !holds([{ iprange: range }], '2001:db8::1'))
  assert.ok(holds([{ iprange: { ...range, invert: true } }], '192.0.2.10'))
  assert.ok(holds([{ ipspecific: { specificIp: '42540766411282592856903984951653826561', invert: false } }], '2001:db8::1'))
  assert.ok(!holds([{ iprange: range, header: { values: { a: 'b' }, invert: false } }], '192.0.2.1'))
  assert.ok(holds([{ iprange: range, jwtclaims: { values: { a: 'b' }, invert: true } }], '192.0.2.1'))
  assert.ok(
    holds([{ ipspecific: { specificIp: '10.0.0.1', invert: false } }, { iprange: range }], '192.0.2.1'),
    'one of the groups is enough',
  )
  for (const value of [{}, [5], [{ iprange: { startingIp: 'x', endingIp: 'y' } }], 5]) assert.equal(read(value), null)
  assert.equal(readConditions('%'), null)
})

test('templates make keys of what requests say', () => {
  const event = { userId: 'u', apiContext: '/a/1', apiVersion: '1', resourceKey: 'r' } as unknown as Parameters<typeof evaluated>[1]
  assert.equal(evaluated('$userId:$apiContext:$apiVersion', event, '192.0.2.1'), 'u:/a/1:1')
  assert.equal(evaluated('x$clientIp', event, '192.0.2.1'), 'x192.0.2.1')
  assert.equal(evaluated('$userId:$customProperty.plan', event, '192.0.2.1'), null)
  assert.equal(evaluated('$userIdentity', event, '192.0.2.1'), null)
})
