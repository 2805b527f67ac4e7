import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RefusalKind, refusals } from '../../../src/contract/refusals.ts'
import { wso2ErrorsCapability } from '../../../src/gateway/wso2-errors.ts'

test('JSON by default, with WSO2’s code and texts', () => {
  for (const accept of [
    '',
    '*/*',
    'application/json',
    'text/plain',
    'application/xml;q=0.5, application/json',
    'application/json, application/xml',
  ]) {
    assert.deepEqual(wso2ErrorsCapability('operation-quota', accept), {
      contentType: 'application/json',
      body: '{"fault":{"code":900802,"message":"Message throttled out","description":"You have exceeded your quota"}}',
    })
  }
})

test('XML where the client prefers it', () => {
  const body =
    '<amt:fault xmlns:amt="http://wso2.org/apimanager/throttling"><amt:code>900902</amt:code><amt:message>Missing Credentials</amt:message>' +
    '<amt:description>Missing Credentials. Make sure your API request provides required credentials</amt:description></amt:fault>'
  assert.deepEqual(wso2ErrorsCapability('credential-missing', 'application/xml'), { contentType: 'application/xml', body })
  assert.deepEqual(wso2ErrorsCapability('credential-missing', 'text/xml'), { contentType: 'text/xml', body })
  const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  assert.equal(wso2ErrorsCapability('no-route', browser).contentType, 'application/xml')
})

test('every refusal has a well-formed body of either form', () => {
  for (const kind of Object.keys(refusals) as RefusalKind[]) {
    const { fault } = JSON.parse(wso2ErrorsCapability(kind, '').body) as { fault: { code: number } }
    assert.equal(fault.code, refusals[kind].code)
    const { body } = wso2ErrorsCapability(kind, 'text/xml')
    assert.match(
      body,
      /^<amt:fault xmlns:amt="[^"<&]+"><amt:code>\d+<\/amt:code><amt:message>[^<&]+<\/amt:message><amt:description>[^<&]+<\/amt:description><\/amt:fault>$/,
    )
  }
})
