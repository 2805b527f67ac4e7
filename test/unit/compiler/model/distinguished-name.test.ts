/** Names in the form in which Node writes those of certificates. */
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { canonicalName } from '../../../../src/compiler/model/distinguished-name.ts'
import { distinguishedName } from '../../../../src/gateway/listener/certificate-of.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { describeWithOpenssl, OpensslAuthority } from '../../../wire/openssl.ts'

test('what openssl prints of a certificate is the name that the gateway sees', (t) => {
  const authority = new OpensslAuthority(temporaryFolder(t), 'ca')
  for (const subject of [
    '/CN=partner',
    '/C=DE/ST=Berlin/L=Berlin/O=Acme/OU=IT/CN=partner/emailAddress=it@acme.example',
    '/DC=example/DC=acme/UID=17/CN=Jörg',
    '/O=a, b; c <d> "e" = \\+ \\\\/CN=#1 ',
    '/CN=tab\there/O= blank ',
    '/serialNumber=1/SN=Doe/GN=Jane/title=Dr/street=Main Street 1/CN=x',
    '/CN=a/CN=b',
  ]) {
    const { cert } = authority.issue(subject)
    const printed = describeWithOpenssl(cert, '-subject', '-nameopt', 'RFC2253').replace(/^subject=/, '')
    assert.equal(canonicalName(printed), distinguishedName(new X509Certificate(cert).subject), subject)
    const utf8 = describeWithOpenssl(cert, '-subject', '-nameopt', 'RFC2253,-esc_msb,utf8').replace(/^subject=/, '')
    assert.equal(canonicalName(utf8), distinguishedName(new X509Certificate(cert).subject), subject)
  }
})

test('names that people write in other ways', () => {
  assert.equal(canonicalName('cn=partner, o = Acme Corp ,c=DE'), 'CN=partner,O=Acme Corp,C=DE')
  assert.equal(canonicalName('2.5.4.3=partner,0.9.2342.19200300.100.1.25=acme'), 'CN=partner,DC=acme')
  assert.equal(canonicalName('CN=a\\2cb'), 'CN=a\\,b')
  assert.equal(canonicalName('CN=a\\, b\\ '), 'CN=a\\, b\\ ')
})

test('what is no name, or one that cannot be compared', () => {
  for (const text of [
    '',
    'partner',
    'CN=',
    'CN=a,',
    ',CN=a',
    'CN=a,,O=b',
    'XY=a',
    'CN=a+O=b',
    'CN=a"b',
    'CN=#0403',
    'CN=a\\',
    'CN=\\ff',
    'CN=a;O=b',
  ])
    assert.equal(canonicalName(text), null, text)
})
