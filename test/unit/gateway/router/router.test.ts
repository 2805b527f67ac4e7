import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Method } from '../../../../src/contract/plan/method.ts'
import { Router } from '../../../../src/gateway/router/router.ts'
import { Random } from '../../../random.ts'
import { segmentsOf } from '../../../wire/plan.ts'
import { matchSlowly } from './slow-match.ts'

function routerOf(...operations: readonly string[]): Router<string> {
  return new Router(
    operations.map((value) => {
      const [method = '', template = ''] = value.split(' ')
      return { plan: { method: method as Method, path: segmentsOf(template) }, value }
    }),
  )
}

/** The template that a GET of `path` reaches. */
function get(router: Router<string>, path: string): string | undefined {
  return router.find(path)?.byMethod.get('GET')?.slice('GET '.length)
}

function reaches(router: Router<string>, table: Readonly<Record<string, string | undefined>>): void {
  for (const [path, template] of Object.entries(table)) assert.equal(get(router, path), template, path)
}

describe('the router', () => {
  it('prefers what is concrete to what is templated', () => {
    const router = routerOf('GET /pets/{id}', 'GET /pets/mine', 'GET /pets/{id}.json', 'GET /{any}/mine')
    reaches(router, { '/pets/mine': '/pets/mine', '/pets/1': '/pets/{id}', '/pets/1.json': '/pets/{id}.json', '/cats/mine': '/{any}/mine' })
  })

  it('tries the next choice where the better one leads nowhere', () => {
    const router = routerOf('GET /a/b/c', 'GET /{x}/b/d', 'GET /a/{y}.z/e', 'GET /{x}/{y}/f')
    reaches(router, { '/a/b/c': '/a/b/c', '/a/b/d': '/{x}/b/d', '/a/1.z/e': '/a/{y}.z/e', '/a/1.z/f': '/{x}/{y}/f', '/a/b/e': undefined })
  })

  it('matches several parameters and literals in a segment', () => {
    const router = routerOf('GET /{a}-{b}', 'GET /v{major}.{minor}', 'GET /{x}:cancel', 'GET /{a}{b}!')
    reaches(router, {
      '/a-b': '/{a}-{b}',
      '/a-b-c': '/{a}-{b}',
      '/-b': undefined,
      '/a-': undefined,
      '/v1.2': '/v{major}.{minor}',
      '/v1.': undefined,
      '/v.2': undefined,
      '/job:cancel': '/{x}:cancel',
      '/:cancel': undefined,
      '/ab!': '/{a}{b}!',
      '/a!': undefined,
    })
  })

  it('tells more literal text from less', () => {
    const router = routerOf('GET /{a}.json', 'GET /report-{a}.json', 'GET /{a}')
    reaches(router, { '/report-1.json': '/report-{a}.json', '/x.json': '/{a}.json', '/x': '/{a}' })
  })

  it('takes a parameter to be at least one character of one segment', () => {
    const router = routerOf('GET /a/{b}', 'GET /a/{b}/c')
    reaches(router, {
      '/a/': undefined,
      '/a': undefined,
      '/a/b/': undefined,
      '/a//c': undefined,
      '/a/x%2Fy': '/a/{b}',
      '/a/x%2Fy/c': '/a/{b}/c',
    })
  })

  it('takes trailing slashes, empty segments and case to be significant', () => {
    const router = routerOf('GET /a', 'GET /b/', 'GET /c//d', 'GET /')
    reaches(router, {
      '/a': '/a',
      '/a/': undefined,
      '/b': undefined,
      '/b/': '/b/',
      '/c//d': '/c//d',
      '/c/d': undefined,
      '/A': undefined,
      '/': '/',
      '//': undefined,
    })
  })

  it('finds nothing for what is not a path', () => {
    const router = routerOf('GET /', 'OPTIONS /', 'GET /{a}')
    assert.equal(router.find('*'), null)
    assert.equal(router.find(''), null)
  })

  it('takes an escape for one character, which a literal never splits', () => {
    const router = routerOf('GET /{x}0', 'GET /{x}', 'GET /a/{x}C3{y}', 'GET /b/{x}{y}', 'GET /c/{x}%20', 'GET /d/{x}20{y}.json')
    reaches(router, {
      '/admin%20': '/{x}',
      '/admin%200': '/{x}0',
      '/admin0': '/{x}0',
      '/%20': '/{x}',
      '/a/x%C3%A9': undefined,
      '/a/xC3%A9': '/a/{x}C3{y}',
      '/b/%20': undefined,
      '/b/%20a': '/b/{x}{y}',
      '/c/x%20': '/c/{x}%20',
      '/d/a%20.json': undefined,
      '/d/a%2020.json': undefined,
      '/d/a%2020b.json': '/d/{x}20{y}.json',
    })
  })

  it('knows the methods of a path, in order', () => {
    const router = routerOf('POST /a', 'GET /a', 'DELETE /a', 'GET /{b}')
    assert.equal(router.find('/a')?.allow, 'DELETE, GET, POST')
    assert.equal(router.find('/a')?.byMethod.get('HEAD'), undefined)
    assert.equal(router.find('/b')?.allow, 'GET')
  })

  it('does not take names of inherited members for segments', () => {
    const router = routerOf('GET /a/{b}')
    for (const path of ['/__proto__', '/constructor', '/a/b/toString', '/hasOwnProperty']) assert.equal(router.find(path), null)
    reaches(router, { '/a/__proto__': '/a/{b}' })
  })

  it('is not slow for paths that nearly match', () => {
    const template = `/${Array<string>(30).fill('{x}').join('/')}`
    const router = routerOf(`GET ${template}/end`, `GET /{a}${'-{b}'.repeat(10)}/end`)
    assert.equal(router.find(`/${'a/'.repeat(30)}no`), null)
    assert.equal(router.find(`/${'-'.repeat(4000)}`), null)
  })
})

describe('the router, compared with a slow matcher', () => {
  const literals = ['a', 'b', 'ab', 'a.b', '', 'a-b']
  const templates = [...literals, '{p}', '{p}', '{p}.b', 'a{p}', '{p}-{q}', 'a{p}b', '{p}{q}', 'a-{p}']
  const segments = [...literals, 'a', 'b', 'aab', 'x.b', 'a-b-c', 'a%2Fb', '-', 'ax', 'abb', 'a-b.b']

  it('finds the same operation for random templates and paths', () => {
    agree(new Random(20_260_101), templates, segments)
  })

  it('finds the same operation for paths with escapes', () => {
    const whole = ['%20', '%2F', '%3B', '0', '2', '20', '2F', 'F', 'x']
    const random = new Random(20_260_102)
    const text = (from: readonly string[]): string => Array.from({ length: 1 + random.below(4) }, () => random.pick(from)).join('')
    agree(
      random,
      Array.from({ length: 200 }, () => text([...whole, ...Array<string>(9).fill('{p}')])),
      Array.from({ length: 400 }, () => text(whole)),
    )
  })

  function agree(random: Random, templates: readonly string[], segments: readonly string[]): void {
    let found = 0
    for (let round = 0; round < 2000; round++) {
      const pick = (from: readonly string[]): string => `/${Array.from({ length: 1 + random.below(4) }, () => random.pick(from)).join('/')}`
      const paths = [...new Set(Array.from({ length: 1 + random.below(10) }, () => pick(templates)))]
      const router = routerOf(...paths.map((path) => `GET ${path}`))
      for (let tried = 0; tried < 10; tried++) {
        const path = pick(segments)
        const expected = matchSlowly(paths, path)
        if (expected === 'ambiguous') continue
        if (expected !== undefined) found++
        assert.equal(get(router, path), expected, `${path} among ${paths.join(' ')}`)
      }
    }
    assert.ok(found > 1000, 'too few of the paths matched at all')
  }
})
