/** Every diagnostic code: the one table. Codes are kebab-case and stable; docs/diagnostics.md explains each. */
export type Severity = 'error' | 'warning'

type CodeEntry = {
  readonly severity: Severity
  /** What to do, where the place that reports it has nothing more exact to say. */
  readonly hint: string
  /** A waiver in postern.yaml may cover it: only where not following the rule leaves nothing unprotected. */
  readonly waivable: boolean
}

function error(hint: string): CodeEntry {
  return { severity: 'error', hint, waivable: false }
}

function waivableError(hint: string): CodeEntry {
  return { severity: 'error', hint, waivable: true }
}

function warning(hint: string): CodeEntry {
  return { severity: 'warning', hint, waivable: true }
}

export const diagnosticCodes = {
  // Reading files
  'unreadable-file': error('Check the name, and that the file can be read.'),
  'file-too-large': error('A source file may have up to 20 MB.'),
  'outside-project': error('Move the file into the project folder; links out of it are not followed.'),
  'malformed-yaml': error('Correct the YAML syntax.'),
  'malformed-json': error('Correct the JSON syntax.'),
  'malformed-proto': error('Correct the .proto file; `protoc` says more about its syntax.'),
  'duplicate-key': error('Remove one of the two.'),
  'too-deep': error('Reduce the nesting.'),
  'too-many-aliases': error('Write the values out, or use fewer YAML aliases.'),
  'forbidden-key': error('Rename the key.'),
  'unresolved-ref': error('Correct the $ref, or add what it points to.'),
  'cyclic-ref': error('Break the cycle: a $ref here must end at a value.'),
  'remote-ref': error('Put the document into the project and refer to it by its path.'),
  'not-locked': error('Run `postern lock`, which fetches it and pins it, and commit what it writes.'),
  'altered-lock': error('Run `postern lock`, look at what has changed, and commit it; or restore the file.'),
  'invalid-lock': error('Run `postern lock`, which writes it anew.'),
  'stale-lock': error('Run `postern lock`, which takes it out; with --frozen the lock must be exact.'),
  'unused-lock': warning('Run `postern lock`, which takes it out.'),

  // Definitions
  'unsupported-version': error('Use OpenAPI 3.0, OpenAPI 3.1 or Swagger 2.0; the name of a .proto file ends in `.proto`.'),
  'invalid-definition': error('Correct the definition.'),
  'invalid-extension': error('Correct the value of the extension.'),
  'unknown-key': error('Remove the key, or correct its name.'),
  'not-supported-yet': error('Remove it: this version of Postern cannot enforce it and will not ignore it.'),
  'conflicting-extensions': error('Keep one of the two, or make them agree.'),
  'duplicate-route': error('Remove one of the operations, or change its path.'),
  'overlapping-routes': warning('Requests that fit both go to the one whose leading segments are more concrete.'),
  'overlapping-security': waivableError(
    'Requests that fit both go to the one whose leading segments are more concrete: change a path, or ask the same of both, or waive it.',
  ),
  'path-with-fragment': waivableError(
    'A request target has no fragment; remove everything from # on, or waive this path, which is then not routed.',
  ),
  'path-with-query': waivableError(
    'A path template has no query; declare query parameters instead, or waive this path, which is then not routed.',
  ),
  'invalid-path': error('Correct the path template.'),
  'literal-asterisk': warning('OpenAPI has no wildcards: use a parameter for each segment that varies, or waive this path.'),
  'undeclared-path-parameter': error('Declare the parameter with `in: path`, or correct its name.'),
  'unused-path-parameter': warning('Remove the parameter, or use it in the path.'),
  'duplicate-api': error('Give each API its own base path, and its own title or version.'),
  'no-operations': warning('Nothing of this definition can be called.'),

  // Security
  'unsecured-operation': error(
    'Add `security`, or say on purpose what holds: `security: []`, or `apis[].security: token | public` in postern.yaml.',
  ),
  'undefined-security-scheme': error('Declare the scheme, or correct its name.'),
  'undefined-scope': error('Declare the scope in the scheme’s flows, or correct its name.'),
  'unknown-issuer': error('Add the issuer to postern.yaml, or correct its name.'),
  'ambiguous-introspection': error('Name one of them in `x-postern.issuers`, so that no key manager is shown tokens of another.'),
  'unknown-certificate': error('Add the holder to `clientCertificates.holders` of postern.yaml, or correct its name.'),
  'unenforceable-security': error('Add an issuer to postern.yaml, or change the requirement to something that the gateway can enforce.'),
  'no-backend-token': error('Add it to postern.yaml, or take the key out of `x-postern`.'),
  'trace-tells': error('Remove the operation, or leave out for it what the gateway adds to requests.'),
  'invalid-credentials': error('Correct the entry.'),
  'invalid-subscriptions': error('Correct the entry.'),
  'feed-cannot-replay': error('Name a feed of type `list`, `etcd` or `redis` beside it, which has all that is revoked.'),
  'revocation-useless': warning('Correct the entry, or remove it.'),
  'stale-rule-useless': warning('Remove `onStale`: it holds for no request.'),
  'revocation-unpublished': warning(
    'Say `publish: true` for a feed that the gateway may write to, or `publish: false` where the key manager tells the feed.',
  ),
  'weak-digest': warning('Have the user choose a new password, and make its digest with `postern token --password`.'),
  'api-key-expired': warning('Remove the key, or give its holder a new one: requests with it are refused.'),
  'impossible-cors': error('Correct what CORS is to allow: no browser would do what is said here.'),
  'cors-omits-credential': warning('Add the field to `headers`, so that browsers let pages send it.'),

  // Policies and backends
  'unknown-tier': error('Define the tier in policies.yaml, or correct its name.'),
  'duplicate-tier': error('Give each tier its own name.'),
  'invalid-policy': error('Correct the tier.'),
  'over-capacity': error('Lower the hard limits, or correct `capacity` or `throttling.replicas`.'),
  'unlimited-head': warning('Give HEAD a tier as well, or the API one for all its operations, or waive this operation.'),
  'unused-tier': warning('Remove the tier, or use it.'),
  'no-backend': error('Give the API a backend: `apis[].backend`, `x-postern.backend`, `x-wso2-production-endpoints` or `servers`.'),
  'invalid-backend': error('Give an absolute http or https URL without user, query and fragment.'),
  'cleartext-backend': warning('Use https, unless the network between gateway and backend is trusted.'),

  // The project
  'invalid-project': error('Correct postern.yaml.'),
  'invalid-setting': error('Write ${NAME} or ${NAME:-default}; names are upper-case letters, digits and underscores.'),
  'setting-not-allowed': error('Settings may stand only in backend URLs, addresses of outside services and credentials.'),
  'secret-in-file': error('Take the secret out of the file and name a setting instead: ${NAME}.'),
  'waiver-expired': error('Follow the rule again, or renew the waiver with a reason.'),
  'waiver-useless': error('Remove the waiver: nothing is waived by it.'),
  'waiver-not-allowed': error('This rule protects something and cannot be waived.'),

  'kubernetes-settings': error('Give it in `kubernetes.settings`.'),
  'kubernetes-egress': error('Say in `kubernetes.egress` where it is.'),
  'kubernetes-replicas': error('Say in `throttling.replicas` how many gateways run at the same time.'),
  'counted-per-replica': warning(
    'Count together with `throttling: { store: redis }`, or waive this where each replica may let that much through.',
  ),

  'malformed-module': error('Correct the TypeScript of the module.'),
  'invalid-extension-module': error(
    'Correct the module: it exports a function of the step’s name, and imports only what docs/extensions.md names.',
  ),

  // Keys
  'unusable-key': error('Give a public key for one of the supported signature algorithms.'),
  'private-key': error('Take the private key out of the project’s key file; a gateway needs only the public half.'),
  'symmetric-key': error('Use an asymmetric key: whoever holds a symmetric key can make tokens.'),
  'weak-key': error('Use RSA with 2048 bits or more and a public exponent of 65537, or an elliptic curve.'),
  'duplicate-kid': error('Give each key of an issuer its own kid.'),
  'key-expired': error('Replace the key or certificate.'),
  'key-expires-soon': warning('Add the next key now, so that both are baked for the time of change.'),
  'key-gap': warning('Add a key that is valid in the meantime, or one that begins earlier.'),
  'fetched-keys': warning('Bake the keys and build anew when they change, or waive this where the issuer rotates keys by itself.'),
  'no-public-origins': warning('Name in `publicOrigins` the origins under which clients reach the gateway.'),
  'algorithm-not-allowed': error('Use RS, PS, ES or EdDSA algorithms that the keys allow; `none` and HS* never.'),
} as const satisfies Readonly<Record<string, CodeEntry>>

export type DiagnosticCode = keyof typeof diagnosticCodes
