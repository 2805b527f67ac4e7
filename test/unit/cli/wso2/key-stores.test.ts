/** Commands that the report of an import gives: one word each whatever is in it, and what they leave where keytool is installed. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Configuration } from '../../../../src/cli/wso2/configuration.ts'
import { certificateExport, certificatesExport, keyExport, keyStoresOf, thumbprint } from '../../../../src/cli/wso2/key-stores.ts'
import { temporaryFolder } from '../../../temporary-folder.ts'
import { Authority } from '../../../wire/authority.ts'

test('stores are those of the configuration, or those that the Microgateway ships', () => {
  const conf = new Configuration('micro-gw.conf', '[listenerConfig]\ntrustStorePath="/etc/trusted.jks"\n')
  assert.deepEqual(keyStoresOf(conf), {
    keys: '${mgw-runtime.home}/runtime/bre/security/ballerinaKeystore.p12',
    trusted: '/etc/trusted.jks',
  })
})

test('a command is whole, and says where a path is not one yet', () => {
  assert.equal(
    certificateExport('/etc/trusted.jks', 'idp', 'keys/idp.pem'),
    '`mkdir -p keys && keytool -exportcert -rfc -keystore /etc/trusted.jks -alias idp -file keys/idp.pem`',
  )
  const shipped = certificateExport('${mgw-runtime.home}/store.p12', 'idp', 'keys/idp.pem')
  assert.match(shipped, /-keystore '\$\{mgw-runtime\.home\}\/store\.p12' .*, with the folder of its runtime for `\$\{mgw-runtime\.home\}`$/)
  assert.match(
    keyExport('a.p12', 'b', 'tls.pem'),
    /^`keytool -importkeystore .* && openssl pkcs12 -in tls\.pem\.p12 -nodes -out tls\.pem`$/,
  )
})

test('whatever an alias holds, a shell takes it as one word', () => {
  for (const alias of ['idp key', "it's", '$(touch x)', '; rm -rf .', '"', '\\', 'a\nb']) {
    const [, command = ''] = /^`keytool (.*)`$/s.exec(thumbprint('store', alias)) ?? []
    const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' }).split('\0')
    assert.deepEqual(words, ['-list', '-keystore', 'store', '-alias', alias, ''])
  }
})

const skip = ['keytool', 'openssl'].find((program) => spawnSync(program, ['-help']).error !== undefined)

test('keytool does what they say', { skip: skip === undefined ? false : `${skip} is not installed` }, (t) => {
  const folder = temporaryFolder(t)
  const { cert, key } = new Authority('idp').issue('idp')
  writeFileSync(join(folder, 'pair.pem'), cert + key)
  const run = (command: string): string => {
    const [, line = ''] = /^`(.*)`$/s.exec(command) ?? [null, command]
    return execFileSync('sh', ['-c', line], { cwd: folder, input: 'secret1\n', encoding: 'utf8', stdio: 'pipe' })
  }
  run("openssl pkcs12 -export -in pair.pem -name 'idp key' -out store.p12 -passout pass:secret1")
  const { fingerprint256, raw } = new X509Certificate(cert)
  const written = (file: string): X509Certificate => new X509Certificate(readFileSync(join(folder, file)))
  run(certificateExport('store.p12', 'idp key', 'keys/one.pem'))
  run(certificatesExport('store.p12', 'authorities/all.pem'))
  assert.deepEqual([written('keys/one.pem').raw, written('authorities/all.pem').raw], [raw, raw])
  assert.ok(run(thumbprint('store.p12', 'idp key')).includes(fingerprint256))
})
