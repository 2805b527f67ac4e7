/** `Origin` and its companions are a stranger's text: nothing of it may come back, and no doubtful form of it may be believed. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { CorsPlan } from '../../../src/contract/plan/cors.ts'
import type { Method } from '../../../src/contract/plan/method.ts'
import { Backend } from '../../wire/backend.ts'
import { type Answer, ask } from '../../wire/client.ts'
import { LocalGateway } from '../../wire/gateway.ts'
import { planOf } from '../../wire/plan.ts'

const allowed = 'https://app.example'
const cors: CorsPlan = {
  origins: [allowed, 'null'],
  headers: ['x-own'],
  expose: [],
  credentials: true,
  maxAge: null,
}

let backend: Backend
let gateway: LocalGateway
before(async () => {
  backend = await Backend.start()
  const methods: readonly Method[] = ['GET', 'DELETE']
  gateway = await LocalGateway.start(
    planOf([backend.url], { cors: [cors], operations: methods.map((method) => ({ method, template: '/a', cors: 0 })) }),
  )
})
after(async () => {
  await gateway.stop()
  await backend.stop()
})

function send(method: string, lines: readonly string[]): Promise<Answer> {
  const text = [`${method} /a HTTP/1.1`, 'Host: a', ...lines].join('\r\n')
  return ask(gateway.port, Buffer.from(`${text}\r\n\r\n`, 'latin1'))
}

/** Both as a request and as a preflight. */
async function bothWays(lines: readonly string[]): Promise<readonly Answer[]> {
  return [await send('GET', lines), await send('OPTIONS', [...lines, 'Access-Control-Request-Method: DELETE'])]
}

function allows({ message }: Answer): boolean {
  return message.fields.some(([name]) => /^access-control-allow-/i.test(name))
}

describe('an origin', () => {
  it('that is listed is allowed, so that the tests below could fail', async () => {
    for (const answer of await bothWays([`Origin: ${allowed}`])) assert.ok(allows(answer))
  })

  const others = {
    'of another scheme': 'http://app.example',
    'with a port': `${allowed}:443`,
    'with a path': `${allowed}/`,
    'in capitals': allowed.toUpperCase(),
    'of a longer host': `${allowed}.evil.example`,
    'of a host that ends so': 'https://evil-app.example',
    'of a user': 'https://app.example@evil.example',
    'beside another': `${allowed} https://evil.example`,
    'in a list': `${allowed}, https://evil.example`,
    'in quotes': `"${allowed}"`,
    'that is empty': '',
    'that is a star': '*',
    'Null in capitals': 'NULL',
    'a name of every object': '__proto__',
    'another name of every object': 'constructor',
    'with bytes beyond ASCII': `${allowed}\xa0`,
    'with an escape': 'https://app%2Eexample',
    'that is very long': `${allowed}${'.a'.repeat(7000)}`,
  }
  for (const [name, origin] of Object.entries(others)) {
    it(`${name} is not the one that is listed, and is not repeated`, async () => {
      for (const answer of await bothWays([`Origin: ${origin}`])) {
        assert.ok(answer.status === 200 || answer.status === 204, String(answer.status))
        assert.equal(allows(answer), false)
        const fields = JSON.stringify(answer.message.fields)
        assert.ok(origin.length < 5 || !fields.includes(origin), fields)
      }
    })
  }

  it('that comes twice is of nobody, whichever comes last', async () => {
    for (const lines of [
      [`Origin: ${allowed}`, 'Origin: https://evil.example'],
      ['Origin: https://evil.example', `Origin: ${allowed}`],
      [`Origin: ${allowed}`, `Origin: ${allowed}`],
    ]) {
      for (const answer of await bothWays(lines)) assert.equal(allows(answer), false)
    }
  })

  it('cannot bring a line of its own', async () => {
    for (const bytes of ['\n', '\r', '\0', '\r\n ', '\n\tX: y']) {
      const answer = await send('GET', [`Origin: ${allowed}${bytes}Set-Cookie: a=b`])
      assert.equal(answer.status, 400)
      assert.equal(answer.message.field('Set-Cookie'), undefined)
      assert.equal(allows(answer), false)
    }
  })
})

describe('a preflight', () => {
  const preflight = (...lines: readonly string[]): Promise<Answer> => send('OPTIONS', [`Origin: ${allowed}`, ...lines])

  it('for methods that are none is not answered', async () => {
    for (const method of ['', 'delete', 'DELETE ,GET', '__proto__', 'toString', 'DELETE\t', '*', 'A'.repeat(10_000)]) {
      const answer = await preflight(`Access-Control-Request-Method: ${method}`)
      // White space around a value is not part of it.
      assert.equal(answer.status, method === 'DELETE\t' ? 204 : 405, method.slice(0, 20))
    }
    assert.equal((await preflight('Access-Control-Request-Method: GET', 'Access-Control-Request-Method: DELETE')).status, 405)
  })

  it('with a look-alike of its fields is none', async () => {
    assert.equal((await preflight('Access_Control_Request_Method: GET')).status, 405)
    assert.equal((await send('OPTIONS', [`_Origin: ${allowed}`, 'Access-Control-Request-Method: GET'])).status, 405)
  })

  it('allows the headers that are listed, and never repeats what it is asked', async () => {
    const cases: readonly (readonly [readonly string[], boolean])[] = [
      [['x-own'], true],
      [['X-OWN , ,x-own'], true],
      [['', 'x-own'], true],
      [['*'], false],
      [['x-own x-own'], false],
      [['x-own', 'x-evil'], false],
      [['x-own;x-evil'], false],
      [['__proto__'], false],
      [['x-own,'.repeat(2000)], true],
      [[`${'x-own,'.repeat(2000)}x-evil`], false],
    ]
    for (const [values, expected] of cases) {
      const lines = values.map((value) => `Access-Control-Request-Headers: ${value}`)
      const answer = await preflight('Access-Control-Request-Method: DELETE', ...lines)
      assert.deepEqual([answer.status, allows(answer)], [204, expected], values.join().slice(0, 40))
      assert.equal(answer.message.field('Access-Control-Allow-Headers'), expected ? 'x-own' : undefined)
    }
  })

  it('never comes to the backend', async () => {
    const before = backend.requests.length
    await preflight('Access-Control-Request-Method: DELETE')
    await send('OPTIONS', ['Origin: https://evil.example', 'Access-Control-Request-Method: GET', 'Content-Length: 3', '', 'abc'])
    assert.equal(backend.requests.length, before)
  })
})

describe('a backend', () => {
  it('cannot allow what the gateway does not', async () => {
    const lines = [
      'Access-Control-Allow-Origin: https://evil.example',
      'access-control-allow-origin: https://evil.example',
      'Access_Control_Allow_Origin: https://evil.example',
      'ACCESS-CONTROL-ALLOW-CREDENTIALS: true',
      'Access-Control-Allow-Private-Network: true',
      'Access-Control-Expose-Headers: *',
    ]
    backend.once((request) => request.respond('', lines))
    const answer = await send('GET', ['Origin: https://evil.example'])
    assert.deepEqual(
      answer.message.fields.filter(([name]) => /^access[-_]control/i.test(name)),
      [],
    )
  })

  it('cannot bring the fields in by an interim answer', async () => {
    backend.once((request) => {
      request.write('HTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: *\r\nLink: </a>\r\n\r\n')
      request.respond('')
    })
    const answer = await send('GET', ['Origin: https://evil.example'])
    assert.doesNotMatch(JSON.stringify(answer), /Allow-Origin/i)
  })
})
