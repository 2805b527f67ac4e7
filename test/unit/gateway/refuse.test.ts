import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type RefusalKind, refusals } from '../../../src/contract/refusals.ts'
import { refusalWriter } from '../../../src/gateway/refuse.ts'
import { wso2ErrorsCapability } from '../../../src/gateway/wso2-errors.ts'

const kinds = Object.keys(refusals) as RefusalKind[]

describe('a refusal', () => {
  it('has a status line, and says how long and of what kind its body is', () => {
    for (const write of [refusalWriter(undefined), refusalWriter(wso2ErrorsCapability)]) {
      for (const kind of kinds) {
        const answer = write(kind, undefined)
        assert.match(answer.statusText, new RegExp(`^${refusals[kind].status} [A-Z][A-Za-z ]+$`))
        assert.match(answer.fields, /^(?:[A-Za-z-]+: [^\r\n]+\r\n)+$/)
        assert.match(answer.fields, new RegExp(`Content-Length: ${Buffer.byteLength(answer.body)}\r\n`))
        assert.equal(answer.closes, refusals[kind].closes)
      }
    }
  })

  it('is a problem after RFC 9457, with the number that clients know', () => {
    const write = refusalWriter(undefined)
    for (const kind of kinds) {
      const { fields, body } = write(kind, 'application/xml')
      assert.match(fields, /Content-Type: application\/problem\+json\r\n/)
      const { status, code, title, detail } = refusals[kind]
      assert.deepEqual(JSON.parse(body), { type: `urn:postern:refusal:${kind}`, title, status, detail, code })
    }
  })

  it("is a fault in WSO2's form where the plan asks for it", () => {
    const { fields, body } = refusalWriter(wso2ErrorsCapability)('scope-missing', undefined)
    assert.match(fields, /Content-Type: application\/json\r\n/)
    const { message, description } = refusals['scope-missing'].wso2
    assert.deepEqual(JSON.parse(body), { fault: { code: 900910, message, description } })
  })

  it("is XML in WSO2's form for those who prefer it", () => {
    const write = refusalWriter(wso2ErrorsCapability)
    const type = (accept: string): string | undefined => /Content-Type: ([^\r]+)/.exec(write('no-route', accept).fields)?.[1]
    assert.equal(type('application/xml'), 'application/xml')
    assert.equal(type('text/xml'), 'text/xml')
    assert.equal(type('application/json;q=0.5, application/xml'), 'application/xml')
    assert.equal(type('*/*'), 'application/json')
    assert.equal(type('application/xml;q=0.5, application/json'), 'application/json')
    assert.equal(type('nonsense'), 'application/json')
    assert.match(
      write('no-route', 'application/xml').body,
      /^<amt:fault xmlns:amt="[^"]+"><amt:code>900906<\/amt:code><amt:message>[^<]+<\/amt:message><amt:description>[^<]+<\/amt:description><\/amt:fault>$/,
    )
  })
})
