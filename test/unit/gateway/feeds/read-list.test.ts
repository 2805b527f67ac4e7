import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readList, readListed } from '../../../../src/gateway/feeds/read-list.ts'

async function listed(value: unknown): Promise<readonly string[] | null> {
  const list = await readList(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)))
  return list?.map(readListed).map((entry) => (entry === undefined ? 'none' : `${entry.kind} ${entry.name} ${entry.before}`)) ?? null
}

test('a list of entries, and of WSO2’s', async () => {
  const list = [{ jti: 'a' }, 'b', { jwt_signature: 'c', expiry_time: 1_700_000_000_000 }, { client: 'd', before: 5 }, 7]
  assert.deepEqual(await listed(list), ['token a null', 'token b null', 'token c null', 'client d 5', 'none'])
  assert.deepEqual(await listed([]), [])
})

test('WSO2’s newer list, with what bars applications and users', async () => {
  const revocation_time = 1_700_000_000_000
  const list = {
    revokedJWTList: [{ jwt_signature: 'a', expiry_time: 1_700_000_000_000 }],
    revokedJWTConsumerKeyList: [{ consumer_key: 'b', revocation_time, organization: 'carbon.super' }, { consumer_key: 'no-time' }],
    revokedJWTSubjectEntityList: [
      { entity_id: 'c', entity_type: 'USER_ID', revocation_time },
      { entity_id: 'd', entity_type: 'CLIENT_ID', revocation_time },
      { entity_id: 'e', entity_type: 'ROLE', revocation_time },
    ],
  }
  assert.deepEqual(await listed(list), ['token a null', 'client b 1700000000', 'none', 'user c 1700000000', 'client d 1700000000', 'none'])
  assert.deepEqual(await listed({ revokedJWTList: [] }), [])
})

test('what is no list', async () => {
  for (const text of [
    '',
    '{}',
    'null',
    '5',
    '"a"',
    '{"revokedJWTList":{}}',
    '{"revokedJWTList":[],"revokedJWTConsumerKeyList":null}',
    '[{"jti":"a"}',
  ]) {
    assert.equal(await listed(text), null, text)
  }
})
