import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import { type Environment, readSettings, type Settings, StartError, settle } from '../../../src/gateway/settings.ts'
import { planOf } from '../../wire/plan.ts'

const plan: GatewayPlan = planOf([], {
  operations: [],
  listen: { http: 8080, admin: 9090 },
  settings: [
    { name: 'BACKEND', default: null, usedFor: ['backend of a', 'backend of b'] },
    { name: 'SANDBOX', default: 'http://127.0.0.1:1', usedFor: ['sandbox of a'] },
    { name: 'POSTERN_LIKE', default: 'x', usedFor: ['c'] },
  ],
})

const enough: Environment = { BACKEND: 'http://b' }

function read(environment: Environment): Settings {
  return readSettings(plan, { ...enough, ...environment })
}

/** The message of the StartError that stops the start. */
function refusal(environment: Environment): string {
  try {
    readSettings(plan, environment)
  } catch (error) {
    assert.ok(error instanceof StartError)
    assert.doesNotMatch(error.message, /\n/)
    return error.message
  }
  assert.fail('the settings were accepted')
}

describe('settings', () => {
  it('have the defaults that the contract gives', () => {
    const { host, httpPort, adminPort, logLevel, drainSeconds, drainDelaySeconds, unknown } = read({})
    assert.deepEqual(
      { host, httpPort, adminPort, logLevel, drainSeconds, drainDelaySeconds, unknown },
      { host: '0.0.0.0', httpPort: 8080, adminPort: 9090, logLevel: 'info', drainSeconds: 20, drainDelaySeconds: 0, unknown: [] },
    )
  })

  it('are read from the environment', () => {
    const settings = read({
      POSTERN_HOST: '::1',
      POSTERN_HTTP_PORT: '0',
      POSTERN_ADMIN_PORT: '65535',
      POSTERN_LOG_LEVEL: 'error',
      POSTERN_DRAIN_SECONDS: '0',
      POSTERN_DRAIN_DELAY_SECONDS: '5',
      POSTERN_WORKERS: '1',
      SANDBOX: 'http://s',
    })
    assert.deepEqual(
      { ...settings, values: Object.fromEntries(settings.values) },
      {
        host: '::1',
        httpPort: 0,
        adminPort: 65_535,
        logLevel: 'error',
        drainSeconds: 0,
        drainDelaySeconds: 5,
        values: { BACKEND: 'http://b', SANDBOX: 'http://s', POSTERN_LIKE: 'x' },
        unknown: [],
      },
    )
  })

  it('that are empty count as not given', () => {
    assert.equal(read({ POSTERN_HTTP_PORT: '', SANDBOX: '' }).values.get('SANDBOX'), 'http://127.0.0.1:1')
    assert.match(refusal({ BACKEND: '' }), /BACKEND is missing/)
  })

  it('that are missing are named, with what they are for', () => {
    assert.match(refusal({}), /BACKEND is missing \(backend of a, backend of b\)/)
  })

  it('with a bad value are named, with what is expected', () => {
    const bad: Readonly<Record<string, readonly string[]>> = {
      POSTERN_HTTP_PORT: ['-1', '65536', '8080 ', 'http', '0x50', '1e3', '80.0', '123456'],
      POSTERN_ADMIN_PORT: ['99999'],
      POSTERN_HOST: ['a b', 'a/b', 'a:b', '1.2.3.4:80'],
      POSTERN_LOG_LEVEL: ['INFO', 'trace', '1'],
      POSTERN_DRAIN_SECONDS: ['-1', '1.5', '3601', '20s', 'Infinity'],
      POSTERN_DRAIN_DELAY_SECONDS: ['x'],
    }
    for (const [name, values] of Object.entries(bad)) {
      for (const value of values)
        assert.match(refusal({ ...enough, [name]: value }), new RegExp(`^${name} must be .*, not ${JSON.stringify(value)}$`))
    }
  })

  it('that are bad are all named at once', () => {
    const message = refusal({ POSTERN_HTTP_PORT: 'x', POSTERN_LOG_LEVEL: 'y' })
    for (const name of ['BACKEND', 'POSTERN_HTTP_PORT', 'POSTERN_LOG_LEVEL']) assert.match(message, new RegExp(name))
  })

  it('that this version cannot follow stop the start rather than be ignored', () => {
    for (const name of ['POSTERN_HTTPS_PORT', 'POSTERN_TLS_CERT', 'POSTERN_TLS_KEY']) {
      assert.match(refusal({ ...enough, [name]: '8443' }), new RegExp(`${name} is set, but .* not supported`))
    }
    assert.match(refusal({ ...enough, POSTERN_WORKERS: '4' }), /POSTERN_WORKERS must be 1/)
  })

  it('that nobody knows are told', () => {
    const environment = { POSTERN_HTPP_PORT: '1', POSTERN_SERVICE_HOST: '10.0.0.1', POSTERN_LIKE: 'x', PATH: '/', POSTER: 'x' }
    assert.deepEqual(read(environment).unknown, ['POSTERN_HTPP_PORT', 'POSTERN_SERVICE_HOST'])
  })

  it('stand in texts', () => {
    const { values } = read({})
    assert.equal(settle(['a', { setting: 'BACKEND' }, '/v2', { setting: 'SANDBOX' }], values), 'ahttp://b/v2http://127.0.0.1:1')
  })
})
