import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderDockerfile } from '../../../../src/compiler/package/dockerfile.ts'
import { makePlan } from '../../../../src/compiler/plan/make-plan.ts'
import { api, operation, project } from '../sample-project.ts'

test('the image runs two files as a user without rights, on the ports of the project', () => {
  const { plan } = makePlan(
    project([api([operation('GET', '/')])], { listen: { http: 8000, https: { value: 8443, at: null }, admin: 9000 } }),
  )
  const lines = renderDockerfile(plan).split('\n')
  assert.ok(lines.includes('USER 65532:65532'))
  assert.ok(lines.includes('EXPOSE 8000 8443 9000'))
  assert.ok(lines.some((line) => /^COPY .*gateway\.mjs manifest\.json \.\/$/.test(line)))
  const entrypoint = lines.find((line) => line.startsWith('ENTRYPOINT '))
  assert.equal(JSON.parse(entrypoint?.slice('ENTRYPOINT '.length) ?? '').at(-1), '/gateway/gateway.mjs')
})

test('the base image is an argument without a default, so that it is always chosen and pinned', () => {
  const { plan } = makePlan(project([api([operation('GET', '/')])]))
  assert.match(renderDockerfile(plan), /^ARG BASE\nFROM \$\{BASE\}$/m)
})
