import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingKinds } from '../../../../src/compiler/model/setting-kinds.ts'
import type { SettingText } from '../../../../src/contract/plan/setting.ts'
import { project } from '../sample-project.ts'

/** Kinds of the settings in the address of a store. */
function kindsIn(...url: SettingText): Readonly<Record<string, string>> {
  const names = url.flatMap((part) => (typeof part === 'string' ? [] : [part.setting]))
  const at = { file: 'postern.yaml', line: 1, column: 1, pointer: '#' }
  const base = project([])
  return Object.fromEntries(
    settingKinds({
      ...base,
      settings: new Map(names.map((name) => [name, { name, default: null, usedFor: ['a store'], at }])),
      throttling: {
        ...base.throttling,
        store: {
          urls: [url],
          topology: { kind: 'server' },
          plainTcp: false,
          authorities: [],
          secret: null,
          timeout: 100,
          mode: 'leased',
          whenAway: 'local',
          at,
        },
      },
    }),
  )
}

test('what stands in front of the host or in the query is a secret; host and port are none', () => {
  const setting = (name: string): { readonly setting: string } => ({ setting: name })
  const url = [
    'rediss://',
    setting('USER'),
    ':',
    setting('PASSWORD'),
    '@',
    setting('HOST'),
    ':',
    setting('PORT'),
    '/?token=',
    setting('TOKEN'),
  ]
  assert.deepEqual(kindsIn(...url), { USER: 'secret', PASSWORD: 'secret', HOST: 'plain', PORT: 'plain', TOKEN: 'secret' })
})

test('an address that is a setting as a whole may hold a login', () => {
  assert.deepEqual(kindsIn({ setting: 'URL' }), { URL: 'login' })
  assert.deepEqual(kindsIn('rediss://', { setting: 'HOST' }), { HOST: 'plain' })
})
