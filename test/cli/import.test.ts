/** `postern import wso2`, on a project with a configuration such as the Microgateway ships. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse as parseToml } from 'smol-toml'
import { parse as parseYaml } from 'yaml'
import { temporaryFolder } from '../temporary-folder.ts'
import { Authority } from '../wire/authority.ts'
import { runCli } from './run-cli.ts'

const source = resolve(import.meta.dirname, 'wso2-project')

type Outcome = { readonly what: string; readonly at: string; readonly kind: string; readonly how: string }

/** Certificates as somebody has exported them from the key stores. */
function certificates(t: TestContext): string {
  const folder = temporaryFolder(t)
  for (const alias of ['wso2apim310', 'ballerina']) writeFileSync(join(folder, `${alias}.pem`), new Authority(alias).issue(alias).cert)
  return folder
}

async function imported(
  t: TestContext,
  from = source,
): Promise<{ readonly out: string; readonly outcomes: readonly Outcome[]; readonly stderr: string }> {
  const out = join(temporaryFolder(t), 'petstore')
  const { code, stdout, stderr } = await runCli(['import', 'wso2', from, '--certificates', certificates(t), '--out', out, '--json'])
  assert.equal(code, 0, stderr)
  return { out, outcomes: JSON.parse(stdout).outcomes, stderr }
}

/** Every setting, by its path. */
function leaves(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value))
    return value.every((item) => typeof item === 'object') ? value.flatMap((item, index) => leaves(item, `${path}[${index}]`)) : [path]
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`))
}

test('every setting and every file is spoken of, at its line', async (t) => {
  const { outcomes } = await imported(t)
  const text = readFileSync(join(source, 'conf/micro-gw.conf'), 'utf8')
  const settings = [...leaves(parseToml(text)), ...leaves(parseToml(readFileSync(join(source, 'conf/deployment-config.toml'), 'utf8')))]
  const files = ['api_definitions/petstore.yaml', 'interceptors/validate.bal', 'lib/interceptor.jar', 'policies.yaml']
  const told = outcomes.map(({ what }) => what)
  assert.deepEqual(
    [...settings, ...files].filter((each) => !told.includes(each)),
    [],
  )
  const lines = text.split('\n')
  for (const { what, at } of outcomes.filter((outcome) => outcome.at.startsWith('micro-gw.conf:'))) {
    const key = what.slice(what.lastIndexOf('.') + 1)
    assert.match(lines[Number(at.slice('micro-gw.conf:'.length)) - 1] ?? '', new RegExp(`^\\s*${key}\\s*=`), what)
  }
  assert.ok(
    outcomes.every(({ at }) => !at.endsWith('.conf')),
    'each setting has a line',
  )
})

test('what nobody knows is told as not supported, and so is what Postern does not do', async (t) => {
  const { outcomes } = await imported(t)
  const kindOf = (what: string): string | undefined => outcomes.find((outcome) => outcome.what === what)?.kind
  for (const what of [
    'somethingNew.nobodyKnows',
    'interceptors/validate.bal',
    'lib/interceptor.jar',
    'validationConfig.enableRequestValidation',
    'b7a.users.bob.password',
    'jwtTokenConfig[0].claimMapperClassName',
    'jwtTokenConfig[0].claims[0].remoteClaim',
    'mutualSSLConfig.api.certificates[0].aliasList',
    'analytics.fileUpload.enable',
    'throttlingConfig.enableHeaderConditions',
    'throttlingConfig.binary.enabled',
  ])
    assert.equal(kindOf(what), 'not-supported', what)
  assert.equal(kindOf('b7a.users.alice.password'), 'differs')
  assert.equal(kindOf('listenerConfig.httpPort'), 'carried')
})

test('the project says the same, and builds', async (t) => {
  const { out, stderr } = await imported(t)
  const project = parseYaml(readFileSync(join(out, 'postern.yaml'), 'utf8'))
  assert.deepEqual(project.listen, { http: 9091, admin: 9797 })
  assert.deepEqual(project.limits, { maxTarget: '4096B', maxHead: '8192B' })
  assert.deepEqual(
    project.issuers.map(({ issuer, audiences }: { issuer: string; audiences: unknown }) => [issuer, audiences]),
    [
      ['https://idp.internal:9443/oauth2/token', 'any'],
      ['https://other.example.com', ['petstore']],
    ],
  )
  assert.equal(project.issuers[0].introspection.url, '${KEY_MANAGER_URL:-https://idp.internal:9443}/oauth2/introspect')
  assert.deepEqual(
    project.revocation.feeds.map(({ type }: { type: string }) => type),
    ['list', 'amqp'],
  )
  assert.equal(project.throttling.trafficManager.events.url, '${TM_EVENTS_URL:-https://tm.internal:9443/endpoints}')
  assert.match(stderr, /Check: \d+ warnings\./)
  const built = await runCli(['build', out])
  assert.equal(built.code, 0, built.stderr)
})

test('no password gets into the project or its report', async (t) => {
  const { out } = await imported(t)
  const text = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => readFileSync(join(each.parentPath, each.name), 'utf8'))
    .join('\n')
  assert.doesNotMatch(text, /secret-of/)
})

test('private keys that commands of its report take out of key stores stay out of version control', async (t) => {
  const { out } = await imported(t)
  const ignored = readFileSync(join(out, '.gitignore'), 'utf8').split('\n')
  const keys = [...readFileSync(join(out, 'IMPORT.md'), 'utf8').matchAll(/ pkcs12 -in (\S+)\.p12 -nodes -out ([^\s`]+)`/g)]
  assert.deepEqual([...new Set(keys.map(([, , file]) => file))].toSorted(), ['backend-token.pem', 'tls.pem'])
  for (const [, store, file = ''] of keys) assert.deepEqual([store, ignored.includes(file), ignored.includes('*.p12')], [file, true, true])
})

test('without the certificates it says which ones are needed, and a build does not go on without them', async (t) => {
  const out = join(temporaryFolder(t), 'petstore')
  const result = await runCli(['import', 'wso2', source, '--out', out])
  assert.equal(result.code, 0)
  assert.match(
    readFileSync(join(out, 'IMPORT.md'), 'utf8'),
    /`mkdir -p keys && keytool -exportcert -rfc -keystore '\$\{mgw-runtime\.home\}\/runtime\/bre\/security\/ballerinaTruststore\.p12' -alias wso2apim310 -file keys\/wso2apim310\.pem`/,
  )
  assert.equal((await runCli(['build', out])).code, 1)
})

test('a folder that has something in it, one that is no such project, and a file that is no TOML are refused, and nothing is written', async (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'mine'), '')
  const broken = join(temporaryFolder(t), 'broken')
  cpSync(source, broken, { recursive: true })
  writeFileSync(join(broken, 'conf/micro-gw.conf'), 'password = "secret-of-all\n')
  const out = join(folder, 'out')
  for (const args of [
    ['wso2', source, '--out', folder],
    ['wso2', folder, '--out', out],
    ['kong', source, '--out', out],
    ['wso2', broken, '--out', out],
  ]) {
    const { code, stderr } = await runCli(['import', ...args])
    assert.equal(code, 2, args.join(' '))
    assert.doesNotMatch(stderr, /secret-of/)
  }
  assert.equal(existsSync(out), false)
})

test('a file that is larger than any that Postern reads is refused before it is read', async (t) => {
  for (const file of ['api_definitions/petstore.yaml', 'conf/micro-gw.conf', 'conf/deployment-config.toml']) {
    const from = altered(t, (conf) => `${conf}\n`)
    truncateSync(join(from, file), 20_000_001)
    const out = join(temporaryFolder(t), 'petstore')
    const { code, stderr } = await runCli(['import', 'wso2', from, '--out', out])
    assert.equal(code, 2, file)
    assert.match(stderr, /has 20000001 bytes; at most 20000000 are read/)
    assert.equal(existsSync(out), false)
  }
})

/** The project with another configuration. */
function altered(t: TestContext, alter: (conf: string) => string): string {
  const folder = join(temporaryFolder(t), 'petstore')
  cpSync(source, folder, { recursive: true })
  const conf = join(folder, 'conf/micro-gw.conf')
  writeFileSync(conf, alter(readFileSync(conf, 'utf8')))
  return folder
}

test('of two definitions with one name, that was written and that was fetched, neither is lost', async (t) => {
  const from = altered(t, (conf) => conf)
  const text = readFileSync(join(from, 'api_definitions/petstore.yaml'), 'utf8')
  const fetched = text.replace('title: Petstore', 'title: Fetched').replace('/petstore/', '/fetched/')
  mkdirSync(join(from, 'gen/api_definitions'), { recursive: true })
  writeFileSync(join(from, 'gen/api_definitions/petstore.yaml'), fetched)
  const { out } = await imported(t, from)
  const { apis } = parseYaml(readFileSync(join(out, 'postern.yaml'), 'utf8'))
  const definitions = apis.map(({ definition }: { definition: string }) => readFileSync(join(out, definition), 'utf8'))
  assert.deepEqual(definitions, [text, fetched])
})

test('a demand that is gone is not supported, and no difference', async (t) => {
  const from = altered(t, (conf) =>
    conf
      .replace('[mutualSSLConfig]', '[mutualSSLConfig]\nsslVerifyClient="require"')
      .replace('[jwtGeneratorConfig]', '[jwtGeneratorConfig]\nrestrictedClaims=["salary"]')
      .concat('\n[server]\ntimestampSkew=900000\n'),
  )
  const { outcomes } = await imported(t, from)
  const outcomeOf = (what: string) => outcomes.find((outcome) => outcome.what === what)
  assert.equal(outcomeOf('mutualSSLConfig.sslVerifyClient')?.kind, 'not-supported')
  assert.equal(outcomeOf('jwtGeneratorConfig.restrictedClaims')?.kind, 'not-supported')
  assert.equal(outcomeOf('server.timestampSkew')?.kind, 'differs')
  assert.match(outcomeOf('jwtTokenConfig[0].claims[0].remoteClaim')?.how ?? '', /generateConsumerToken/)
})

test('switches and numbers that are written as text mean what they say, and what cannot be read is told', async (t) => {
  const asText = (conf: string) =>
    conf
      .replaceAll(
        /^(\s*(?:enableRealtimeMessageRetrieval|jwtGeneratorEnabled|enabledGlobalTMEventPublishing)\s*=\s*)(true|false)/gm,
        '$1"$2"',
      )
      .replace('[tokenRevocationConfig.realtime]', "[tokenRevocationConfig.realtime]\n'other thing' = true\ninline = { there = 1 }")
      .concat('\n[server]\ntimestampSkew="60000"\n')
  const [plain, text] = [
    await imported(
      t,
      altered(t, (conf) => conf.concat('\n[server]\ntimestampSkew=60000\n')),
    ),
    await imported(t, altered(t, asText)),
  ]
  const [one, other] = [plain, text].map(({ out }) => readFileSync(join(out, 'postern.yaml'), 'utf8'))
  assert.equal(other, one)
  for (const carried of [/type: amqp/, /clockSkew: 60s/, /store: trafficManager/]) assert.match(one ?? '', carried)
  assert.deepEqual(
    text.outcomes.filter(({ at }) => !/:\d+$/.test(at) && at.endsWith('.conf')),
    [],
  )

  const { outcomes } = await imported(
    t,
    altered(t, (conf) =>
      conf
        .replace(/^(\s*enableRealtimeMessageRetrieval\s*=\s*)\w+/m, '$1"yes"')
        .replace(/^(\s*issuer\s*=\s*)"https:\/\/other[^"]*"/m, '$1"$env{ISSUER}"')
        .concat('\n[server]\ntimestampSkew="a minute"\n'),
    ),
  )
  const told = outcomes.filter(({ how }) => /import again$/.test(how)).map(({ what, kind }) => [what, kind])
  assert.deepEqual(told.toSorted(), [
    ['jwtTokenConfig[1].issuer', 'not-supported'],
    ['server.timestampSkew', 'not-supported'],
    ['tokenRevocationConfig.realtime.enableRealtimeMessageRetrieval', 'not-supported'],
  ])
})

test('a configuration that nobody has named is told as missing', async (t) => {
  const from = altered(t, (conf) => conf)
  rmSync(join(from, 'conf/micro-gw.conf'))
  const { outcomes } = await imported(t, from)
  assert.deepEqual(
    outcomes.filter(({ what }) => what === 'micro-gw.conf').map(({ kind, how }) => [kind, /--config/.test(how)]),
    [['not-supported', true]],
  )
})

test('a password that stands in an address is not taken over', async (t) => {
  const withUser = (conf: string) => conf.replaceAll(/="https:\/\/(?=idp|other)/g, '="https://boss:secret-of@the-boss@')
  const { out, outcomes } = await imported(
    t,
    altered(t, (conf) => withUser(conf).replaceAll(/( issuer="https:\/\/)boss:secret-of@the-boss@/g, '$1')),
  )
  const text = readFileSync(join(out, 'postern.yaml'), 'utf8')
  assert.doesNotMatch(text, /boss/)
  assert.match(text, /KEY_MANAGER_URL:-https:\/\/idp\.internal:9443\}/)
  assert.match(text, /REVOKED_LIST_URL:-https:\/\/idp\.internal:9443\/internal/)
  const told = outcomes.filter(({ how, kind }) => kind !== 'carried' && /user and password/.test(how)).map(({ what }) => what)
  assert.deepEqual(told.toSorted(), ['jwtTokenConfig[1].jwksURL', 'keyManager.serverUrl', 'tokenRevocationConfig.persistent.endpointURL'])
})

test('a certificate is that of its own alias, from the folder that was named', async (t) => {
  const from = altered(t, (conf) =>
    conf.replace('"wso2apim310"', '"idp key"').replace('jwksURL="https://other.example.com/jwks"', 'certificateAlias="idp-key"'),
  )
  const folder = temporaryFolder(t)
  const [one, other] = ['idp key', 'idp-key'].map((alias) => {
    const { cert } = new Authority(alias).issue(alias)
    writeFileSync(join(folder, `${alias}.pem`), cert)
    return cert
  })
  const out = join(temporaryFolder(t), 'petstore')
  const result = await runCli(['import', 'wso2', from, '--certificates', folder, '--out', out])
  assert.equal(result.code, 0, result.stderr)
  const { issuers } = parseYaml(readFileSync(join(out, 'postern.yaml'), 'utf8'))
  const keys = issuers.map((issuer: { keys: string }) => readFileSync(join(out, issuer.keys), 'utf8'))
  assert.deepEqual(keys, [one, other])

  const outside = join(temporaryFolder(t), 'petstore')
  mkdirSync(join(folder, 'exported'))
  writeFileSync(join(folder, 'private.pem'), 'secret-of-the-machine')
  const climbing = altered(t, (conf) => conf.replace('"wso2apim310"', '"../private"'))
  assert.equal((await runCli(['import', 'wso2', climbing, '--certificates', join(folder, 'exported'), '--out', outside])).code, 0)
  assert.equal(existsSync(join(outside, 'keys/private.pem')), false)
})
