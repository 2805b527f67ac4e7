import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkName, networksOf } from '../../../../src/gateway/feeds/networks.ts'

const isIn = (address: string, range: string): boolean => networksOf(address).includes(networkName(range) ?? 'none')

test('an address lies in its own networks and in no others', () => {
  for (const range of ['10.1.2.3', '10.1.2.3/32', '10.1.2.0/24', '10.0.0.0/8', '10.1.2.2/31', '10.255.255.255/8'])
    assert.ok(isIn('10.1.2.3', range), range)
  for (const range of ['10.1.2.4', '10.1.3.0/24', '11.0.0.0/8', '10.1.2.0/31', '::/16']) assert.ok(!isIn('10.1.2.3', range), range)
  for (const range of ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', '2001:db8::/32', '2001:d00::/20', '2001:db8::/64'])
    assert.ok(isIn('2001:db8::1', range), range)
  for (const range of ['2001:db8::2', '2001:db9::/32', '2001:db8:0:1::/64', '32.1.0.0/16']) assert.ok(!isIn('2001:db8::1', range), range)
  assert.ok(isIn('fe80::1%eth0', 'fe80::/64'))
  assert.ok(isIn('::1', '::1'))
  for (const spelling of ['::ffff:10.1.2.3', '::FFFF:10.1.2.3', '::ffff:a01:203', '0:0:0:0:0:ffff:10.1.2.3']) {
    assert.ok(isIn(spelling, '10.1.0.0/16'), spelling)
    assert.ok(isIn('10.1.2.3', spelling), spelling)
  }
})

test('what is no network has no name, and what is no address lies in none', () => {
  for (const text of [
    '',
    'x',
    '10.1.2.3/7',
    '10.1.2.3/33',
    '10.1.2.3/',
    '10.1.2.3/8/8',
    '10.1.2.3/0x8',
    '::/8',
    '2001:db8::/30',
    '::ffff:10.0.0.0/104',
  ])
    assert.equal(networkName(text), undefined, text)
  assert.deepEqual(networksOf('unknown'), [])
})
