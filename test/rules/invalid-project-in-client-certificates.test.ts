/** `clientCertificates` of postern.yaml. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate } from '../certificate.ts'
import { Authority } from '../wire/authority.ts'
import { apiWith, diagnose, findings, type ProjectFiles, projectWith } from './check-project.ts'

const authority = new Authority('CA')
const day = 86_400_000

function project(value: string, file: string = authority.pem, lines = ''): ProjectFiles {
  return projectWith(`${lines}clientCertificates: ${value}\n`, { 'ca.pem': file })
}

function found(files: ProjectFiles): readonly string[] {
  return diagnose(files, new Date())
}

test('authorities are needed, as certificates that say that they are', () => {
  assert.deepEqual(found(project('{ authorities: [ca.pem] }')), [])
  assert.deepEqual(found(project('{}')), ['postern.yaml:6:21 error invalid-project #/clientCertificates'])
  assert.deepEqual(found(project('{ authorities: [] }')), ['postern.yaml:6:36 error invalid-project #/clientCertificates/authorities'])
  assert.deepEqual(found(project('{ authorities: [ca.pem] }', authority.issue('leaf').cert)), ['ca.pem:1:1 error unusable-key #'])
  assert.deepEqual(found(project('{ authorities: [ca.pem] }', authority.issue('leaf').key)), ['ca.pem:1:1 error private-key #'])
  assert.deepEqual(found(project('{ authorities: [ca.pem] }', 'nothing')), [
    'postern.yaml:6:37 error unusable-key #/clientCertificates/authorities/0',
  ])
})

test('an authority that has expired, or does not hold yet, lets nobody in', () => {
  const files = project('{ authorities: [ca.pem] }')
  assert.deepEqual(diagnose(files, new Date(Date.now() + 366 * day)), ['ca.pem:1:1 error key-expired #'])
  assert.deepEqual(diagnose(files, new Date(Date.now() + 350 * day)), ['ca.pem:1:1 warning key-expires-soon #'])
  assert.deepEqual(diagnose(files, new Date(Date.now() - 2 * day)), ['ca.pem:1:1 error key-expired #'])
})

test('a header needs proxies that are trusted, and a name of its own', () => {
  const header = (name: string): string => `{ authorities: [ca.pem], header: ${name} }`
  const proxies = 'trustedProxies: [10.0.0.0/8]\n'
  assert.deepEqual(found(project(header('X-Certificate'), authority.pem, proxies)), [])
  assert.deepEqual(found(project(header('X-Certificate'))), ['postern.yaml:6:54 error invalid-project #/clientCertificates/header'])
  for (const name of ['authorization', 'Cookie', 'X-Forwarded-For', '"a b"', 'host']) {
    assert.deepEqual(
      found(project(header(name), authority.pem, proxies)),
      ['postern.yaml:7:54 error invalid-project #/clientCertificates/header'],
      name,
    )
  }
})

test('a holder says whose certificates are his, in a form that can be compared', () => {
  const holder = (lines: string): readonly string[] =>
    found(project(`{ authorities: [ca.pem], holders: [{ ${lines} }] }`)).map((each) => each.replace(/^postern.yaml:6:\d+ error /, ''))
  const at = '#/clientCertificates/holders/0'
  const thumbprint = 'ab'.repeat(32)
  for (const fine of [
    `thumbprint: ${thumbprint}`,
    `thumbprint: "${thumbprint.toUpperCase().replaceAll(/..(?=.)/g, '$&:')}"`,
    'subject: "CN=partner,O=Acme"',
    'san: "DNS:client.example.com", consumer: acme',
    'san: "URI:spiffe://example.com/a"',
    'san: "email:a@example.com"',
    'authorities: [ca.pem]',
  ])
    assert.deepEqual(holder(`id: a, ${fine}`), [], fine)
  assert.deepEqual(holder('id: a'), [`invalid-project ${at}`])
  assert.deepEqual(holder('id: a, consumer: b'), [`invalid-project ${at}`])
  assert.deepEqual(holder('subject: CN=a'), [`invalid-project ${at}`])
  assert.deepEqual(holder('id: "a b", subject: CN=a'), [`invalid-project ${at}/id`])
  assert.deepEqual(holder('id: a, subjekt: CN=a'), [`invalid-project ${at}`, `unknown-key ${at}/subjekt`])
  for (const bad of ['abcd', `${thumbprint}00`, `"${'ab:'.repeat(16)}"`, '"sha256:00"'])
    assert.deepEqual(holder(`id: a, thumbprint: ${bad}`), [`invalid-project ${at}/thumbprint`], bad)
  for (const bad of ['partner', '"CN=a,XY=b"', '"CN=a+O=b"', '"/CN=a"'])
    assert.deepEqual(holder(`id: a, subject: ${bad}`), [`invalid-project ${at}/subject`], bad)
  for (const bad of ['client.example.com', '"IP:1.2.3.4"', '"DNS:a b"', '"DNS:a, DNS:b"', '"URI:spiffe://a,b"', '"email:a"'])
    assert.deepEqual(holder(`id: a, san: ${bad}`), [`invalid-project ${at}/san`], bad)
  assert.deepEqual(holder('id: a, authorities: []'), [`invalid-project ${at}/authorities`])
  const twice = '{ id: a, subject: CN=a }, { id: a, subject: CN=b }'
  assert.deepEqual(found(project(`{ authorities: [ca.pem], holders: [${twice}] }`)), [
    'postern.yaml:6:88 error invalid-project #/clientCertificates/holders/1/id',
  ])
})

test('an authority of a holder lets nobody in when it has expired', () => {
  const files = {
    ...project('{ authorities: [ca.pem], holders: [{ id: a, authorities: [old.pem] }] }'),
    'old.pem': new Authority('Old').pem,
  }
  assert.deepEqual(diagnose(files, new Date(Date.now() + 366 * day)), ['ca.pem:1:1 error key-expired #', 'old.pem:1:1 error key-expired #'])
})

test('bounds of names that an authority may vouch for hold in handshakes only', () => {
  const now = Date.now()
  const validity = { notBefore: new Date(now - day), notAfter: new Date(now + 300 * day) }
  const constrained = makeCertificate({ subject: 'CA', ...validity, authority: true, critical: ['551d1e'] })
  assert.deepEqual(found(project('{ authorities: [ca.pem] }', constrained)), [])
  assert.deepEqual(found(project('{ authorities: [ca.pem], header: X-Certificate }', constrained, 'trustedProxies: [10.0.0.0/8]\n')), [
    'ca.pem:1:1 error unusable-key #',
  ])
})

test('how clients reach an API is said in the words of WSO2, and without contradiction', () => {
  const api = (lines: string): readonly string[] =>
    diagnose(apiWith(`${lines}paths: { /pets: { get: { security: [] } } }\n`)).filter((each) => !each.includes('unenforceable'))
  assert.deepEqual(api('x-wso2-mutual-ssl: yes\n'), ['api.yaml:3:20 error invalid-extension #/x-wso2-mutual-ssl'])
  assert.deepEqual(api('x-wso2-transports: [ftp]\n'), ['api.yaml:3:21 error invalid-extension #/x-wso2-transports/0'])
  assert.deepEqual(api('x-wso2-transports: []\n'), ['api.yaml:3:20 error invalid-extension #/x-wso2-transports'])
  assert.deepEqual(api('x-wso2-transports: [http]\nx-wso2-mutual-ssl: mandatory\n'), [
    'api.yaml:3:20 error conflicting-extensions #/x-wso2-transports',
  ])
})

test('ports are different ones', () => {
  assert.deepEqual(diagnose(projectWith('listen: { http: 8443 }\n')), ['postern.yaml:6:9 error invalid-project #/listen'])
  assert.deepEqual(diagnose(projectWith('listen: { https: 9090 }\n')), ['postern.yaml:6:9 error invalid-project #/listen'])
  assert.equal(findings(projectWith('listen: { http: 0, https: 0, admin: 0 }\n')).length, 0)
})
