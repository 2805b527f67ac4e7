import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnose, soundFiles } from './check-project.ts'

test('an alias bomb is given up before it is written out', () => {
  const names = [...'abcdefghijkl']
  const bomb = names.map((name, index) => {
    const above = names[index - 1]
    return `${name}: &${name} [${Array.from({ length: 10 }, () => (above === undefined ? 'lol' : `*${above}`)).join(', ')}]`
  })
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': bomb.join('\n') }), ['api.yaml:6:36 error too-many-aliases #/f/7'])
})

test('aliases as people use them are not counted against them', () => {
  const many = `${soundFiles['api.yaml']}x-one: &one { a: [1, 2, 3] }\nx-many:\n${'  - *one\n'.repeat(1000)}`
  assert.deepEqual(diagnose({ ...soundFiles, 'api.yaml': many }), [])
})
