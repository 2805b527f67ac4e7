/** What projects say of a cluster, beside what their gateways enforce. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareGateways } from '../../../../src/cli/diff/compare-gateways.ts'
import { standardKubernetes } from '../../../../src/compiler/model/kubernetes.ts'
import type { Kubernetes } from '../../../../src/compiler/model/types/kubernetes.ts'
import { at } from '../../compiler/sample-project.ts'
import { fullManifest } from './full-manifest.ts'

function found(before: Kubernetes | null | undefined, after: Kubernetes | null | undefined): readonly string[] {
  const side = (cluster: Kubernetes | null | undefined) => ({ manifest: fullManifest, gateway: '', cluster })
  return compareGateways(side(before), side(after), new Date(0)).map(({ class: of, rule, text }) => `${of} ${rule}: ${text}`)
}

const plain = standardKubernetes('shop', at('postern.yaml', 9))

function to(url: string, line = 10): Kubernetes {
  return { ...plain, settings: new Map([['BACKEND_URL', { value: url, at: at('postern.yaml', line) }]]) }
}

test('another value of a setting is a weakening, and another line is nothing', () => {
  assert.deepEqual(found(to('https://a.internal'), to('https://b.example')), [
    'weakening kubernetes.settings: the setting `BACKEND_URL` is `https://b.example`, and was `https://a.internal`',
  ])
  assert.deepEqual(found(to('https://a.internal'), { ...to('https://a.internal', 20), at: at('postern.yaml', 19) }), [])
  assert.equal(found(null, to('https://a.internal')).length, 1)
})

test('other ways out weaken, and more replicas are capacity', () => {
  const peer = { kind: 'ranges', ranges: ['0.0.0.0/0'] } as const
  const egress = [{ at: at('postern.yaml', 11), to: { kind: 'setting', name: 'BACKEND_URL' } as const, peer, ports: null }]
  const replicas = { ...plain.replicas, max: 99 }
  assert.deepEqual(found(plain, { ...plain, egress, replicas }), [
    'weakening kubernetes.egress: `kubernetes.egress` is another',
    'capacity kubernetes.replicas: `kubernetes.replicas` is another',
  ])
})

test('a bundle says nothing of a cluster', () => assert.deepEqual(found(undefined, to('https://a.internal')), []))
