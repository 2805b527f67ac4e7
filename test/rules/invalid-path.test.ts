import assert from 'node:assert/strict'
import { test } from 'node:test'

import { apiWith, diagnose } from './check-project.ts'

const paths = (template: string): string => `paths:\n  ${JSON.stringify(template)}:\n    get: { security: [] }\n`
const finding = (template: string, pointer: string): void => {
  const found = diagnose(apiWith(paths(template))).filter((line) => !line.includes('no-operations'))
  assert.deepEqual(found, [`api.yaml:4:3 error invalid-path #/paths/${pointer}`], template)
}

test('a path begins with a slash', () => {
  finding('pets', 'pets')
  finding('', '')
})

test('parameters have names, and braces that close in the same segment', () => {
  finding('/{}', '~1%7B%7D')
  finding('/{id', '~1%7Bid')
  finding('/id}', '~1id%7D')
  finding('/{a/b}', '~1%7Ba~1b%7D')
  finding('/{{a}}', '~1%7B%7Ba%7D%7D')
})

test('two parameters need something between them', () => finding('/{a}{b}', '~1%7Ba%7D%7Bb%7D'))

test('dot segments, which no request may hold, raw or encoded', () => {
  finding('/a/../b', '~1a~1..~1b')
  finding('/./b', '~1.~1b')
  finding('/%2e%2E/b', '~1%252e%252E~1b')
  finding('/a%2f..%2fb', '~1a%252f..%252fb')
  finding('/..;x/b', '~1..;x~1b')
})

test('backslash, NUL, control characters, wrong escapes', () => {
  finding('/a\\b', '~1a%5Cb')
  finding('/a%5cb', '~1a%255cb')
  finding('/a%00', '~1a%2500')
  finding('/a\tb', '~1a%09b')
  finding('/a%zz', '~1a%25zz')
  finding('/a%ff', '~1a%25ff')
})

test('a base path is text that can be requested, too', () => {
  for (const basePath of ['pets', '/{tenant}', '/a/../b', '/a?b', '/a%00']) {
    const found = diagnose(apiWith(`x-wso2-basePath: '${basePath}'\npaths: { /a: { get: { security: [] } } }\n`))
    assert.deepEqual(found, ['api.yaml:3:18 error invalid-path #/x-wso2-basePath'], basePath)
  }
})
