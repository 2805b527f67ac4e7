/** What messages of AMQP 1.0 say: bytes that clients of JMS sent through ActiveMQ Artemis, and bytes that nobody sends who means well. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMessage } from '../../../../src/gateway/amqp10/amqp-message.ts'
import { Random } from '../../../random.ts'

/** Header, annotations of the JMS mapping, and properties, as Qpid JMS writes them. */
const head =
  '005370c0020141005372c12904a30e782d6f70742d6a6d732d646573745101a312782d6f70742d6a6d732d6d73672d747970655102' +
  '005373d0000000560000000aa12f49443a62386132653166342d323963662d343965322d393939642d3365343565613337356139363a313a313a312d3140' +
  'a10f746f6b656e5265766f636174696f6e40404040404083000001a201cdea38'
const mapMessage =
  '005377c1530aa10c7265766f6b6564546f6b656ea10435663263a10374746ca10433363030a10a65787069727954696d6581000001b80cc75400' +
  'a10874656e616e74496471fffffb2ea10474797065a10744656661756c74'

function read(hex: string): unknown {
  return readMessage(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
}

/** A value in a body of its own. */
function body(hex: string): unknown {
  return read(`005377 ${hex}`)
}

function text(value: string): string {
  return `b1${Buffer.byteLength(value).toString(16).padStart(8, '0')}${Buffer.from(value).toString('hex')}`
}

function size32(count: number): string {
  return count.toString(16).padStart(8, '0')
}

test('a map message of JMS', () => {
  const fields = { revokedToken: '5f2c', ttl: '3600', expiryTime: 1_890_000_000_000, tenantId: -1234, type: 'Default' }
  assert.deepEqual({ ...(read(head + mapMessage) as object) }, fields)
})

test('text as a value, and as data in one piece or several', () => {
  const json = '{"jti":"ä"}'
  assert.equal(read(`${head}005377${text(json)}`), json)
  const bytes = Buffer.from(json).toString('hex')
  assert.equal(read(`${head}005375a0${(bytes.length / 2).toString(16).padStart(2, '0')}${bytes}`), json)
  const pieces = [bytes.slice(0, 16), bytes.slice(16)].map((piece) => `005375a0${(piece.length / 2).toString(16).padStart(2, '0')}${piece}`)
  assert.equal(read(pieces.join('')), json, 'a letter may stand in two of them')
  // Sections may be named in words.
  assert.equal(read(`00a310${Buffer.from('amqp:amqp-value:*'.slice(0, 16)).toString('hex')}${text(json)}`), undefined)
  assert.equal(read(`00a311${Buffer.from('amqp:amqp-value:*').toString('hex')}${text(json)}`), json)
})

test('values of every type', () => {
  const of: readonly (readonly [string, unknown])[] = [
    ['40', null],
    ['41', true],
    ['42', false],
    ['5601', true],
    ['43', 0],
    ['44', 0],
    ['50ff', 255],
    ['51ff', -1],
    ['60ffff', 65_535],
    ['61fffe', -2],
    ['70ffffffff', 4_294_967_295],
    ['5207', 7],
    ['71fffffffd', -3],
    ['54fc', -4],
    ['80000001b80cc75400', 1_890_000_000_000],
    ['5309', 9],
    ['81fffffffffffffffb', -5],
    ['55fa', -6],
    ['72 3f800000', 1],
    ['82 3ff8000000000000', 1.5],
    ['73 0001f600', '😀'],
    ['83 000001b80cc75400', 1_890_000_000_000],
    ['a3 02 6869', 'hi'],
    ['45', []],
    ['c0 03 02 41 42', [true, false]],
    ['e0 04 02 50 01 02', [1, 2]],
    ['98 00000000000000000000000000000000', undefined],
  ]
  for (const [hex, value] of of) assert.deepEqual(body(hex), value, hex)
})

test('keys of a map are a stranger’s', () => {
  const entries = `${text('__proto__')} 45 ${text('jti')} a10161`.replaceAll(' ', '')
  const map = body(`d1 ${size32(4 + entries.length / 2)} ${size32(4)} ${entries}`) as object
  assert.deepEqual([Object.getPrototypeOf(map), Object.keys(map)], [null, ['__proto__', 'jti']])
  const twice = `${text('jti')} a10161 ${text('jti')} a10162`.replaceAll(' ', '')
  assert.equal(body(`d1 ${size32(4 + twice.length / 2)} ${size32(4)} ${twice}`), undefined, 'which of them is meant?')
  const odd = text('jti')
  assert.equal(body(`d1 ${size32(4 + odd.length / 2)} ${size32(1)} ${odd}`), undefined)
})

test('what is not a message, or too much of one, is nothing', () => {
  const hostile: Readonly<Record<string, string>> = {
    'an array of four thousand million nothings': `005377 f0 00000005 ffffffff 40`,
    'a list that says it has as many': `005377 d0 00000005 ffffffff 40`,
    'text of four gigabytes': '005377 b1 ffffffff 61',
    'bytes that are not UTF-8': '005377 a1 02 c328',
    'half a surrogate': '005377 a1 03 eda080',
    'a character that is none': '005377 73 ffffffff',
    'descriptors of descriptors': `005377 ${'00'.repeat(100_000)}`,
    'lists in lists': `005377 ${'c0ff01'.repeat(60_000)}`,
    'a type that is none': '005377 3f',
    'a section that is none': '005399 40',
    'no section at all': 'a10161',
    'a section of a section': '005377 005377 a10161',
    'a size that leaves something out': '005377 c0 02 02 41 42',
    'nothing after the descriptor': '005377',
    'data and a value': '005375a00161 005377a10161',
    'a decimal where a map should be': '005377 74 00000000',
  }
  for (const [name, hex] of Object.entries(hostile)) assert.equal(read(hex), undefined, name)
  assert.equal(readMessage(Buffer.alloc(0)), undefined)
  const many = `${text('a')}41`.repeat(6000)
  assert.equal(body(`d1 ${size32(4 + many.length / 2)} ${size32(12_000)} ${many}`), undefined)
})

test('whatever bytes come, nothing is thrown', () => {
  const random = new Random(10)
  const good = Buffer.from(head + mapMessage, 'hex')
  for (let round = 0; round < 5000; round++) {
    const bytes = Buffer.from(good)
    for (let change = 0; change < 3; change++) bytes[random.below(bytes.length)] = random.below(256)
    readMessage(bytes.subarray(0, random.below(bytes.length + 1)))
  }
})
