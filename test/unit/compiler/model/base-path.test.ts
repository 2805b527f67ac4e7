import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openapi, readDefinition, said, swagger } from './read-definition.ts'

const paths = 'paths: { /pets: { get: {} } }\n'
const of = (lines: string): string => {
  const { api, found } = readDefinition(openapi(lines + paths))
  assert.deepEqual(found, [])
  return api.basePath.value
}

test('the project’s goes before the extension, and that before the servers', () => {
  const text = openapi(`x-wso2-basePath: /b\nservers: [{ url: 'https://a.example/c' }]\n${paths}`)
  const { api } = readDefinition(text, { basePath: said('/a') })
  assert.deepEqual(api.basePath, said('/a'))
  const extension = readDefinition(text).api.basePath
  assert.deepEqual([extension.value, extension.at.line, extension.at.pointer], ['/b', 3, '#/x-wso2-basePath'])
  assert.equal(of(`servers: [{ url: 'https://a.example/c' }, { url: 'https://a.example/d' }]\n`), '/c')
})

test('nothing said is the root', () => {
  assert.equal(of(''), '')
  assert.equal(of('servers: []\n'), '')
  assert.equal(readDefinition(openapi(paths), { basePath: said('/') }).api.basePath.value, '')
})

test('`{version}` in the extension is the definition’s', () => {
  assert.equal(of('x-wso2-basePath: /pets/{version}\n'), '/pets/1.0.0')
  const odd = readDefinition(`openapi: 3.0.3\ninfo: { title: A, version: 1.0 }\nx-wso2-basePath: /pets/v{version}\n${paths}`)
  assert.equal(odd.api.basePath.value, '/pets/v1.0')
  const hostile = readDefinition(`openapi: 3.0.3\ninfo: { title: A, version: '../x' }\nx-wso2-basePath: /pets/v{version}\n${paths}`)
  assert.equal(hostile.api.basePath.value, '/pets/v..%2Fx')
})

test('it is canonical, without the slash at its end', () => {
  assert.equal(of('x-wso2-basePath: /a%2db/é/\n'), '/a-b/%C3%A9')
  assert.equal(of('x-wso2-basePath: /a//\n'), '/a/')
})

test('the path of a server: absolute, relative, with variables', () => {
  for (const [url, path] of [
    ['https://a.example', ''],
    ['https://a.example/', ''],
    ['https://user@a.example:8443/v1/?x#y', '/v1'],
    ['//a.example/v1', '/v1'],
    ['/v1/', '/v1'],
    ['v1', '/v1'],
  ] as const) {
    assert.equal(of(`servers: [{ url: '${url}' }]\n`), path, url)
  }
  assert.equal(of(`servers: [{ url: 'https://{h}/{v}', variables: { h: { default: a.example }, v: { default: 2 } } }]\n`), '/2')
})

test('Swagger says it by itself', () => {
  assert.equal(readDefinition(swagger(`basePath: /v2/\n${paths}`)).api.basePath.value, '/v2')
  assert.equal(readDefinition(swagger(`host: a.example\n${paths}`)).api.basePath.value, '')
})

test('a path that a setting hides must be given', () => {
  const text = openapi(`servers: [{ url: '\${BACKEND}/v1' }]\n${paths}`)
  assert.deepEqual(readDefinition(text).found, ['1:1 invalid-definition #'])
  assert.deepEqual(readDefinition(text, { basePath: said('/v1') }).found, [])
  assert.equal(of(`servers: [{ url: 'https://\${HOST}/v1' }]\n`), '/v1')
})
