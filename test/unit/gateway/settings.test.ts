import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import type { GatewayPlan } from '../../../src/contract/plan.ts'
import { type Environment, readSettings, type Settings, StartError, settle } from '../../../src/gateway/settings.ts'
import { planOf } from '../../wire/plan.ts'

const plan: GatewayPlan = planOf([], {
  operations: [],
  listen: { http: 8080, https: 8443, httpsRequiredBy: [], admin: 9090 },
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
      POSTERN_WORKERS: '4',
      SANDBOX: 'http://s',
    })
    assert.deepEqual(
      { ...settings, values: Object.fromEntries(settings.values) },
      {
        host: '::1',
        httpPort: 0,
        adminPort: 65_535,
        tls: null,
        logLevel: 'error',
        drainSeconds: 0,
        drainDelaySeconds: 5,
        workers: 4,
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

  it('say how many threads serve: a number, or as many as there are processors', () => {
    assert.equal(read({}).workers, 1)
    for (const workers of [1, 2, 10]) assert.equal(read({ POSTERN_WORKERS: String(workers) }).workers, workers)
    assert.equal(read({ POSTERN_WORKERS: 'auto' }).workers, Math.min(availableParallelism(), 64))
    for (const number of ['0', '01', '65', '100', '1.5', '-1', 'two']) {
      assert.match(refusal({ ...enough, POSTERN_WORKERS: number }), /POSTERN_WORKERS must be a number from 1 to 64, or auto/)
    }
  })

  it('want a connection to a backend for each thread', () => {
    const small = { ...plan, limits: { ...plan.limits, maxUpstreamConnections: 3 } }
    assert.equal(readSettings(small, { ...enough, POSTERN_WORKERS: '3' }).workers, 3)
    assert.throws(() => readSettings(small, { ...enough, POSTERN_WORKERS: '4' }), /POSTERN_WORKERS is 4, but the gateway was built for 3/)
  })

  it('want a tunnel to a backend for each thread, where there are tunnels', () => {
    const small = { ...plan, limits: { ...plan.limits, maxTunnels: 3 } }
    assert.equal(readSettings(small, { ...enough, POSTERN_WORKERS: '4' }).workers, 4)
    const upgrade = { protocol: 'chat', idle: 0, life: 0, tokenProtocol: null, maxFrame: 0, limit: null, perConsumer: 0 }
    const { operations } = planOf([], { operations: [{ method: 'GET', template: '/', upgrade }] })
    const upgrading = { ...small, operations }
    assert.equal(readSettings(upgrading, { ...enough, POSTERN_WORKERS: '3' }).workers, 3)
    assert.throws(() => readSettings(upgrading, { ...enough, POSTERN_WORKERS: '4' }), /for 3 tunnels to a backend \(limits.maxTunnels\)/)
  })

  it('turn TLS on with certificates and keys, in their order', () => {
    const files = { POSTERN_TLS_CERT: '/tls/a.crt, /tls/b.crt', POSTERN_TLS_KEY: '/tls/a.key,/tls/b.key' }
    const expected = { certificates: ['/tls/a.crt', '/tls/b.crt'], keys: ['/tls/a.key', '/tls/b.key'] }
    assert.deepEqual(read(files).tls, { port: 8443, files: expected })
    assert.deepEqual(read({ ...files, POSTERN_HTTPS_PORT: '0' }).tls, { port: 0, files: expected })
  })

  it('say what TLS lacks', () => {
    assert.match(refusal({ ...enough, POSTERN_TLS_CERT: 'a.crt' }), /^POSTERN_TLS_KEY is missing \(https needs/)
    assert.match(refusal({ ...enough, POSTERN_TLS_KEY: 'a.key' }), /^POSTERN_TLS_CERT is missing/)
    assert.match(refusal({ ...enough, POSTERN_HTTPS_PORT: '8443' }), /^POSTERN_TLS_CERT and POSTERN_TLS_KEY are missing/)
    const uneven = refusal({ ...enough, POSTERN_TLS_CERT: 'a.crt,b.crt', POSTERN_TLS_KEY: 'a.key' })
    assert.match(uneven, /POSTERN_TLS_CERT names 2 files and POSTERN_TLS_KEY 1: each certificate needs its key/)
    const required: GatewayPlan = { ...plan, listen: { ...plan.listen, httpsRequiredBy: ['a.yaml: because', 'b.yaml: therefore'] } }
    assert.throws(
      () => readSettings(required, enough),
      /POSTERN_TLS_CERT and POSTERN_TLS_KEY are missing \(https needs certificate and key files; a.yaml: because; b.yaml: therefore\)/,
    )
    const many: GatewayPlan = { ...plan, listen: { ...plan.listen, httpsRequiredBy: ['a', 'b', 'c', 'd', 'e'] } }
    assert.throws(() => readSettings(many, enough), /key files; a; b; c; and 2 more that postern inspect shows\)/)
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
