import assert from 'node:assert/strict'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { describe, it } from 'node:test'
import { AddressRanges } from '../../../../src/gateway/listener/address-ranges.ts'
import { addressWords, readAddress } from '../../../../src/gateway/listener/ip-address.ts'
import { type Random, seeded } from '../throttle/random-trace.ts'

/** Interfaces are named as their host likes. */
const zones = ['eth_0', 'br-lan@if3', 'Ethernet 2', '%', 'a/b', 'ü', 'x'.repeat(300), '1.2.3.4', '']

const isAddress = (text: string): boolean => readAddress(text, new Uint32Array(addressWords), 0)

/** Few different numbers, so that addresses meet and touch. */
function version4(random: Random): string {
  return [10, random.below(2), random.below(3) * 127, random.below(256)].join('.')
}

function version6(random: Random): string {
  const groups = Array.from({ length: 8 }, (_, index) => (index < 2 ? 0x2001 : random.below(3) * 0x7fff).toString(16))
  const text = groups.join(':')
  if (random.below(3) === 0) return `::ffff:${version4(random)}`
  return random.below(2) === 0 ? text : text.replace(/(?:^|:)0(?::0)+(?:$|:)/, '::')
}

const address = (random: Random): string => (random.below(2) === 0 ? version4(random) : version6(random))

describe('addresses in ranges', () => {
  it('are those that Node finds in a block list, whatever ranges there are', () => {
    const random = seeded(5)
    for (let round = 0; round < 200; round++) {
      const list = new BlockList()
      const ranges = Array.from({ length: random.below(40) }, () => {
        const base = address(random)
        const family = isIPv6(base) ? 'ipv6' : 'ipv4'
        if (random.below(2) === 0) {
          list.addAddress(base, family)
          return base
        }
        // A mapped range is the IPv4 range that it is: Node does not see the two as one below 96 bits.
        const prefix = family === 'ipv4' ? random.below(33) : base.startsWith('::ffff:') ? 96 + random.below(33) : 20 + random.below(109)
        list.addSubnet(base, prefix, family)
        return `${base}/${prefix}`
      })
      const own = new AddressRanges(ranges)
      for (let asked = 0; asked < 200; asked++) {
        const text = address(random)
        assert.equal(own.includes(text), list.check(text, isIPv6(text) ? 'ipv6' : 'ipv4'), `${text} in ${ranges.join(' ')}`)
      }
    }
  })

  it('end with the last address of a range', () => {
    const ranges = new AddressRanges(['10.0.0.0/31', '10.0.0.2', '255.255.255.254/31', '0.0.0.0', 'ffff:ffff::/32', '::/128'])
    for (const text of [
      '10.0.0.0',
      '10.0.0.2',
      '255.255.255.255',
      '0.0.0.0',
      'ffff:ffff:ffff::1',
      '::',
      '::ffff:a00:1',
      'ffff:ffff::1%eth0',
      ...zones.map((zone) => `ffff:ffff::1%${zone}`),
    ])
      assert.equal(ranges.includes(text), true, text)
    for (const text of [
      '10.0.0.3',
      '9.255.255.255',
      '255.255.255.253',
      '0.0.0.1',
      'ffff:fffe:ffff::',
      '::1',
      '10.0.0.0%eth0',
      'unknown',
      '',
    ])
      assert.equal(ranges.includes(text), false, text)
    assert.equal(new AddressRanges(['0.0.0.0/0']).includes('2001:db8::1'), false)
    assert.equal(new AddressRanges(['::/0']).includes('192.0.2.1'), true)
  })

  it('are addresses where net.isIP says so of what stands before the zone', () => {
    const random = seeded(6)
    const letters = ['0', '1', '255', '256', '00', 'f', 'FF', 'abcd', '12345', '.', '.', ':', ':', ':', '::', '%', 'g', ' ', '-']
    const samples = [
      '1:2:3:4:5:6:7:8',
      '1:2:3:4:5:6:7::',
      '::2:3:4:5:6:7:8',
      '1::3:4:5:6:7:8',
      '1:2:3:4:5:6:1.2.3.4',
      '::1.2.3.4',
      'fe80::1%eth0',
    ]
    for (let round = 0; round < 100_000; round++) {
      const base = samples[random.below(samples.length)]!
      const [cut, rest] = [random.below(base.length + 1), random.below(3)]
      const text =
        round % 2 === 0
          ? Array.from({ length: random.below(16) }, () => letters[random.below(letters.length)]).join('')
          : base.slice(0, cut) + letters[random.below(letters.length)] + base.slice(cut + rest)
      const [bare = ''] = text.split('%')
      assert.equal(isAddress(text), text === bare ? isIP(text) !== 0 : isIP(bare) === 6, JSON.stringify(text))
    }
    for (const text of samples) assert.equal(isAddress(text), true, text)
  })
})
