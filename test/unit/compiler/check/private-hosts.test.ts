import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPrivateHost } from '../../../../src/compiler/check/private-hosts.ts'

test('loopback, private and link-local addresses and private names are private', () => {
  const hosts = [
    'localhost',
    'api.localhost',
    'backend',
    '127.0.0.1',
    '127.9.9.9',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.1.1',
    '[::1]',
    '[fd00::1]',
    '[fe80::1]',
    'pets.shop.svc',
    'pets.shop.svc.cluster.local',
    'pets.internal',
    'printer.local',
    'nas.home.arpa',
    'pets.internal.',
  ]
  for (const host of hosts) assert.equal(isPrivateHost(host), true, host)
})

test('everything else is public', () => {
  const hosts = [
    'example.com',
    'internal.example.com',
    'svc.example',
    '8.8.8.8',
    '172.32.0.1',
    '11.0.0.1',
    '[2001:db8::1]',
    '127.0.0.1.example.com',
    'notlocal.com',
  ]
  for (const host of hosts) assert.equal(isPrivateHost(host), false, host)
})
