import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callerKey, plainAddress, TrustedProxies } from '../../../../src/gateway/listener/client-address.ts'

describe('an address', () => {
  it('of IPv4 is one, however the socket says it', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(plainAddress('192.0.2.1'), '192.0.2.1')
    assert.equal(plainAddress('2001:db8::1'), '2001:db8::1')
    assert.equal(plainAddress('::ffff:0:1'), '0.0.0.1')
    assert.equal(plainAddress(undefined), 'unknown')
  })

  it('is told without its zone, which means something on this host only', () => {
    for (const zone of ['eth0', 'eth_0', 'br-lan@if3', 'Ethernet 2', '%', '1.2.3.4', ''])
      assert.equal(plainAddress(`fe80::1%${zone}`), 'fe80::1', zone)
    assert.equal(plainAddress('::ffff:192.0.2.1%eth_0'), '192.0.2.1')
  })

  it('that is none is nobody can tell whose', () => {
    for (const text of ['unknown', '_hidden', '', 'unix:', '192.0.2.1%eth0', '192.0.2.01', '"192.0.2.1"'])
      assert.equal(plainAddress(text), 'unknown', text)
  })

  it('of IPv4 is a caller of its own', () => {
    assert.equal(callerKey('192.0.2.1'), 'address:192.0.2.1')
  })

  it('of IPv6 counts as its network, in one spelling', () => {
    const network = 'address:2001:db8:0:1::/64'
    for (const address of [
      '2001:db8:0:1::1',
      '2001:db8:0:1:2:3:4:5',
      '2001:0db8:0000:0001:ffff::',
      '2001:db8:0:1::192.0.2.1',
      '2001:DB8:0:1::a',
    ]) {
      assert.equal(callerKey(address), network, address)
    }
    assert.equal(callerKey('::1'), 'address:0:0:0:0::/64')
    assert.equal(callerKey('fe80::1%eth0'), 'address:fe80:0:0:0::/64')
    assert.equal(callerKey('fe80::1%eth_0'), 'address:fe80:0:0:0::/64')
    assert.notEqual(callerKey('2001:db8:0:2::1'), network)
  })
})

describe('trusted proxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'])

  it('are single addresses and ranges of both families', () => {
    for (const address of ['10.1.2.3', '192.0.2.7', '2001:db8:1::1']) assert.equal(proxies.includes(address), true, address)
    for (const address of ['11.0.0.1', '192.0.2.8', '2001:db9::1', 'unknown', '', '10.0.0'])
      assert.equal(proxies.includes(address), false, address)
    assert.equal(new TrustedProxies([]).includes('10.0.0.1'), false)
  })

  it('say for whom they forward, read from the right', () => {
    const client = (value: string | undefined): string => proxies.client('10.0.0.1', value)
    assert.equal(client(undefined), '10.0.0.1')
    assert.equal(client('203.0.113.5'), '203.0.113.5')
    assert.equal(client('203.0.113.5, 10.0.0.9'), '203.0.113.5')
    assert.equal(client('6.6.6.6, 203.0.113.5, 10.0.0.9, 192.0.2.7'), '203.0.113.5')
    assert.equal(client('10.0.0.3, 10.0.0.9'), '10.0.0.3')
    assert.equal(client('::ffff:203.0.113.5'), '203.0.113.5')
    for (const spelling of ['::FFFF:203.0.113.5', '::ffff:cb00:7105', '[0:0:0:0:0:ffff:203.0.113.5]:80'])
      assert.equal(client(`${spelling}, 10.0.0.9`), '203.0.113.5', spelling)
    assert.equal(client('203.0.113.5, ::ffff:a00:9'), '203.0.113.5')
    assert.equal(client('203.0.113.5:8080, 10.0.0.9:1'), '203.0.113.5')
    assert.equal(client('2001:db9::5, [2001:db8::1]:4711, [2001:db8::2]'), '2001:db9::5')
    assert.equal(client('[2001:db9::5]:4711'), '2001:db9::5')
    for (const spelling of ['fe80::5%eth_0', '[fe80::5%eth_0]:4711', '[fe80::5%br-lan@if3]'])
      assert.equal(client(spelling), 'fe80::5', spelling)
    assert.equal(client('203.0.113.5, 2001:db8::1%eth_0'), '203.0.113.5')
  })

  it('that speak for what is no address speak for somebody unknown, and not for themselves', () => {
    const values = ['nonsense', 'unknown', '_hidden', '_SEVKISEK:80', 'unix:', '', ',', '203.0.113.5,', '203.0.113.5, nonsense, 10.0.0.9']
    const malformed = ['203.0.113.5:', '203.0.113.5:x', '[203.0.113.5', '[2001:db9::1]:', '[2001:db9::1]x', '2001:db9::1]:80']
    for (const value of [...values, ...malformed, '"[2001:db9::1]:80"', '203.0.113.5%eth0'])
      assert.equal(proxies.client('10.0.0.1', value), 'unknown', value)
  })
})
