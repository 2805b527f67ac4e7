import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grpcStatuses, refusals } from '../../../../src/contract/refusals.ts'
import { grpcStatusLines, parseGrpcTimeout } from '../../../../src/gateway/http2/grpc.ts'

test('a timeout is up to eight digits and a unit', () => {
  const given = { '1H': 3_600_000, '2M': 120_000, '3S': 3000, '4m': 4, '5000u': 5, '6000000n': 6, '99999999S': 99_999_999_000, '0m': 0 }
  for (const [value, milliseconds] of Object.entries(given)) assert.equal(parseGrpcTimeout(value), milliseconds, value)
  for (const value of ['', '1', 'S', '1s', ' 1S', '1S ', '-1S', '1.5S', '123456789S', '1SS'])
    assert.equal(parseGrpcTimeout(value), null, value)
})

test('a message is percent-encoded', () => {
  assert.equal(grpcStatusLines(5, '100% of “a”\r\nb'), 'grpc-status: 5\r\ngrpc-message: 100%25 of %E2%80%9Ca%E2%80%9D%0D%0Ab\r\n')
})

test('every refusal has a status of gRPC', () => {
  for (const [kind, { status }] of Object.entries(refusals)) assert.ok(grpcStatuses[status] !== undefined, `${kind}: ${status}`)
})
