import assert from 'node:assert/strict'
import { test } from 'node:test'
import { extensions } from '../../../../src/compiler/model/extensions.ts'
import { posternKeys } from '../../../../src/compiler/model/x-postern.ts'

test('every extension of WSO2 API Microgateway 3.x is known, and where it may stand', () => {
  const rootAndOperation = [
    'x-throttling-tier',
    'x-wso2-application-security',
    'x-wso2-disable-security',
    'x-wso2-production-endpoints',
    'x-wso2-request-interceptor',
    'x-wso2-response-interceptor',
    'x-wso2-sandbox-endpoints',
    'x-wso2-throttling-tier',
  ]
  const rootOnly = [
    'x-wso2-auth-header',
    'x-wso2-basePath',
    'x-wso2-cors',
    'x-wso2-endpoints',
    'x-wso2-mutual-ssl',
    'x-wso2-owner',
    'x-wso2-response-cache',
    'x-wso2-transports',
  ]
  const at = (levels: string): readonly string[] =>
    [...extensions]
      .filter(([, extension]) => extension.levels.join() === levels)
      .map(([name]) => name)
      .sort()
  assert.deepEqual(at('root,operation'), rootAndOperation)
  assert.deepEqual(at('root'), rootOnly)
  assert.deepEqual(at('operation'), ['x-auth-type', 'x-scope'])
  assert.deepEqual(at('root,path,operation'), ['x-postern'])
})

test('every key of x-postern is known', () => {
  assert.deepEqual([...posternKeys.keys()].sort(), [
    'backend',
    'backendToken',
    'capacity',
    'certificates',
    'concurrency',
    'consumerFields',
    'cors',
    'forwardCredential',
    'hardLimit',
    'idle',
    'issuers',
    'maxBody',
    'onStale',
    'public',
    'sandboxBackend',
    'throttle',
    'timeout',
    'upgrade',
  ])
})
