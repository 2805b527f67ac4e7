import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application } from '../../../../src/compiler/model/types/subscriptions.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { manifestApplications } from '../../../../src/compiler/plan/manifest-subscriptions.ts'
import { planApplications } from '../../../../src/compiler/plan/subscriptions.ts'
import { place, project } from '../sample-project.ts'

test('applications are known where something asks whose caller it is', () => {
  const key = { kind: 'client', name: { value: 'mobile', at: place }, issuer: null, keyType: null, domains: [] } as const
  const shop: Application = { id: '17', uuid: null, name: 'Shop', owner: null, tier: null, at: place, keys: [key], subscriptions: [] }
  const own = project([], { subscriptions: { at: place, applications: [shop] } })
  const [asks, asksNot] = [{ subscription: { issuers: [0], grants: false, certificate: false } }, { subscription: null }]
  assert.deepEqual(planApplications(own, [asksNot], false), [])
  for (const planned of [planApplications(own, [asks, asksNot], false), planApplications(own, [asksNot], true)])
    assert.deepEqual(
      planned.map(({ id, keys }) => [id, keys]),
      [['17', [{ holder: 'client:0:mobile', keyType: null, domains: [] }]]],
    )
  assert.deepEqual(planApplications(project([]), [asks], true), [])
})

test('the manifest names the issuer of a client, and not its place', () => {
  const key = { kind: 'client', name: { value: 'a:b', at: place }, issuer: null, keyType: null, domains: [] } as const
  const shop: Application = { id: '17', uuid: null, name: 'Shop', owner: null, tier: null, at: place, keys: [key], subscriptions: [] }
  const own = project([], { subscriptions: { at: place, applications: [shop] } })
  const applications = planApplications(own, [{ subscription: null }], true)
  const [told] = manifestApplications(own, { ...makePlan(own).plan, applications })
  assert.deepEqual(
    told?.keys.map(({ holder }) => holder),
    ['client:https://idp.example:a:b'],
  )
})
