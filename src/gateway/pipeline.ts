/**
 * What happens to a request, in order. The order is policy: change it only with a decision record.
 *
 * 1. route: an operation that does not exist is refused before anything else is looked at, and a path that leads to another one when
 *    its path parameters (`;…`) are taken away.
 * 2. cors: a browser's preflight is answered, and every answer from here on says which page may read it.
 * 3. transport and declared length: a request over http for an API that is reached over https only, or the other way round, and a body
 *    that is too large are refused before the work of the next steps.
 * 4. handshake: on an operation with an upgrade, a request that does not ask for it in the right way. It stands before
 *    authentication because the credential may be in one of its fields.
 * 5. authenticate: who is calling, by client certificate, token with the proof of a key that it is bound to, API key and password. Of several
 *    that are good, those count from here on that the alternative asks for which is met.
 * 6. authorise: whether they may: the application is subscribed to the API, the credential holds the scopes; a key of a kind for which
 *    there is no backend may not.
 * 7. deny list, places among those in flight, throttle: behind all that may refuse, so that refused requests use up no quota and
 *    counters belong to known consumers.
 * 8. pass on: for an endpoint of a key manager, which the client's credentials are for.
 * 9. backend identity: what the backend is told of the caller, only for requests that it will get.
 * 10. forward: done by the connection with `exchange.target`.
 *
 * Where the project does a step of 5 or 6 itself, its function stands in the place of the gateway's, which it may ask.
 *
 * Which steps an operation has is decided at start; an operation without throttling has no throttle step.
 */
import type { OperationPlan } from '../contract/plan/operation.ts'
import type { BackendIdentity } from './capabilities/backend-identity.ts'
import type { CertificateAuthentication } from './capabilities/client-certificate.ts'
import type { Concurrency } from './capabilities/concurrency.ts'
import type { Cors, OperationCors, Preflight } from './capabilities/cors.ts'
import type { CredentialAuthentication, CredentialJoin, CredentialsPlan } from './capabilities/credentials.ts'
import type { DenyList } from './capabilities/deny.ts'
import type { ProofOfPossession } from './capabilities/dpop.ts'
import type { Extensions } from './capabilities/extensions.ts'
import type { TokenAuthentication } from './capabilities/jwt.ts'
import type { KeyManagerPass } from './capabilities/key-manager.ts'
import type { SubscriptionValidation } from './capabilities/subscriptions.ts'
import type { Throttling } from './capabilities/throttle.ts'
import type { Upgrades } from './capabilities/upgrade.ts'
import { checkTransport } from './check-transport.ts'
import type { Decision, Exchange, Refusal, Step } from './exchange.ts'
import type { RequestFields } from './http1/request-fields.ts'
import type { BackendTarget, Operation } from './operation.ts'
import { changesWithoutParameters } from './router/path-parameters.ts'
import type { Router } from './router/router.ts'

export type StepMakers = {
  readonly tokens: TokenAuthentication | null
  readonly keyManagers: KeyManagerPass | null
  readonly proofs: ProofOfPossession | null
  readonly certificates: CertificateAuthentication | null
  readonly credentials: CredentialJoin | null
  readonly apiKeys: CredentialAuthentication | null
  readonly basic: CredentialAuthentication | null
  readonly subscriptions: SubscriptionValidation | null
  readonly extensions: Extensions | null
  readonly denied: readonly DenyList[]
  readonly concurrency: Concurrency | null
  readonly throttling: Throttling | null
  readonly upgrades: Upgrades | null
  readonly cors: Cors | null
  readonly identity: BackendIdentity | null
}

/** Throws when the plan asks for what the bundle does not have: such a gateway must not start. */
export function stepsFor(
  plan: OperationPlan,
  production: BackendTarget | null,
  sandbox: BackendTarget | null,
  makers: StepMakers,
  fields: RequestFields,
  cors: OperationCors | null,
): readonly Step[] {
  if (plan.security.kind === 'token' && makers.tokens === null)
    throw new Error(`${plan.id} needs tokens, and this bundle cannot verify them`)
  if ((plan.security.kind === 'token' || plan.security.kind === 'credentials') && plan.security.dpop && makers.proofs === null)
    throw new Error(`${plan.id} needs proofs of keys, and this bundle cannot verify them`)
  if (plan.limited && makers.throttling === null) throw new Error(`${plan.id} needs throttling, and this bundle has none`)
  if (plan.concurrency !== null && makers.concurrency === null)
    throw new Error(`${plan.id} bounds what is in flight, and this bundle cannot`)
  if (plan.upgrade !== null && makers.upgrades === null) throw new Error(`${plan.id} needs upgrades, and this bundle has none`)
  if (plan.keyManager !== null && makers.keyManagers === null)
    throw new Error(`${plan.id} is a key manager’s, and this bundle cannot pass it on`)
  if ((plan.identity.token || plan.identity.fields || plan.identity.credential) && makers.identity === null)
    throw new Error(`${plan.id} tells its backend who calls, and this bundle cannot`)
  if (plan.cors !== null && cors === null) throw new Error(`${plan.id} needs CORS, and this bundle has none`)
  if (plan.certificate !== 'unused' && makers.certificates === null)
    throw new Error(`${plan.id} needs client certificates, and this bundle cannot verify them`)
  if (plan.extensions.length > 0 && makers.extensions === null)
    throw new Error(`${plan.id} needs steps of the project's own, and this bundle has none`)
  if (plan.subscription !== null && makers.subscriptions === null)
    throw new Error(`${plan.id} needs subscriptions, and this bundle cannot validate them`)
  const steps = [
    cors?.step,
    checkTransport(plan),
    checkDeclaredLength(plan.maxBody),
    makers.upgrades?.handshake(plan, fields),
    certificateStep(plan, makers, fields),
    ...(plan.security.kind === 'credentials' ? credentialSteps(plan, plan.security, makers, fields) : tokenSteps(plan, makers, fields)),
    plan.subscription === null && plan.extensions.length === 0 ? chooseBackend(production, sandbox) : chooseSubscribed(production, sandbox),
    ...makers.denied.map((list) => list.check(plan, fields)),
    makers.concurrency?.limit(plan),
    makers.throttling?.throttle(plan, fields),
    makers.keyManagers?.passOn(plan, fields),
    makers.identity?.tell(plan, fields, makers.extensions?.consumerToken(plan) ?? null),
  ]
  return steps.filter((step) => step !== null && step !== undefined)
}

function certificateStep(plan: OperationPlan, { certificates, credentials }: StepMakers, fields: RequestFields): Step | null {
  const step = certificates?.authenticate(plan, fields) ?? null
  return step !== null && plan.security.kind === 'credentials' && credentials !== null ? credentials.beside(step, plan.security) : step
}

/** Also of operations that ask for no token: they have none of these steps. */
function tokenSteps(plan: OperationPlan, makers: StepMakers, fields: RequestFields): readonly (Step | null | undefined)[] {
  const { tokens, proofs, certificates, extensions } = makers
  const authorise = tokens?.authorise(plan) ?? null
  return [
    tokenStep(plan, makers),
    proofs?.prove(plan, fields),
    certificates?.confine(plan),
    subscriptionStep(plan, makers),
    extensions === null ? authorise : extensions.scopes(plan, authorise),
  ]
}

function tokenStep(plan: OperationPlan, { tokens, extensions }: StepMakers): Step | null {
  const step = tokens?.authenticate(plan) ?? null
  return step === null || tokens === null || extensions === null ? step : extensions.token(plan, step, tokens.tokenOf)
}

function subscriptionStep(plan: OperationPlan, { subscriptions, extensions }: StepMakers): Step | null {
  const step = subscriptions?.validate(plan) ?? null
  return extensions === null ? step : extensions.subscription(plan, step)
}

function credentialSteps(
  plan: OperationPlan,
  security: CredentialsPlan,
  makers: StepMakers,
  fields: RequestFields,
): readonly (Step | null)[] {
  const { credentials, tokens, proofs, apiKeys, basic, extensions } = makers
  const asks = (kind: 'token' | 'apiKey' | 'basic'): boolean => security.alternatives.some((alternative) => alternative[kind] !== null)
  if (
    credentials === null ||
    (asks('token') && tokens === null) ||
    (asks('apiKey') && apiKeys === null) ||
    (asks('basic') && basic === null)
  )
    throw new Error(`${plan.id} needs a kind of credential that this bundle cannot verify`)
  const beside = (step: Step | null | undefined): Step | null =>
    step === null || step === undefined ? null : credentials.beside(step, security)
  const authorise = credentials.authorise(security)
  return [
    beside(tokenStep(plan, makers)),
    beside(proofs?.prove(plan, fields)),
    apiKeys?.authenticate(plan, fields) ?? null,
    basic?.authenticate(plan, fields) ?? null,
    credentials.confine(plan),
    subscriptionStep(plan, makers),
    extensions === null ? authorise : extensions.scopes(plan, authorise),
  ]
}

/** Runs all steps; a promise only where one of them must wait. `preflight`: `null` where no operation has CORS. */
export function run(exchange: Exchange, router: Router<Operation>, preflight: Preflight | null): Decision | Promise<Decision> {
  const methods = router.find(exchange.path)
  if (changesWithoutParameters(router, exchange.path, methods)) return badTarget
  if (methods === null) return noRoute
  if (preflight !== null && exchange.head.method === 'OPTIONS') {
    const answered = preflight(exchange, methods)
    if (answered !== undefined) return answered
  }
  const operation = methods.byMethod.get(exchange.head.method)
  if (operation === undefined) return { kind: 'no-method', fields: `Allow: ${methods.allow}\r\n`, reason: 'no-method' }
  exchange.operation = operation
  exchange.credential = operation.credentialField === -1 ? null : (exchange.head.value(operation.credentialField) ?? null)
  return runFrom(0, operation.steps, exchange)
}

const badTarget: Refusal = { kind: 'bad-target', fields: '', reason: 'path-parameter' }
const noRoute: Refusal = { kind: 'no-route', fields: '', reason: 'no-route' }
const tooLarge: Refusal = { kind: 'body-too-large', fields: '', reason: 'declared-length' }
const wrongKeyType: Refusal = { kind: 'wrong-key-type', fields: '', reason: 'key-type-without-backend' }

function runFrom(first: number, steps: readonly Step[], exchange: Exchange): Refusal | undefined | Promise<Refusal | undefined> {
  for (let index = first; index < steps.length; index++) {
    const end = steps[index]!(exchange)
    if (end === undefined) continue
    if (end instanceof Promise) return end.then((refusal) => refusal ?? runFrom(index + 1, steps, exchange))
    return end
  }
  return undefined
}

function checkDeclaredLength(maxBody: number): Step {
  return (exchange) => (exchange.head.contentLength > maxBody ? tooLarge : undefined)
}

/** Callers whose credential does not say get the production backend, as WSO2's do, or the only one there is. */
function chooseBackend(production: BackendTarget | null, sandbox: BackendTarget | null): Step {
  return (exchange) => {
    const keyType = exchange.token === null ? (exchange.apiKey?.keyType ?? null) : exchange.token.keyType
    if (keyType === null) exchange.target = production ?? sandbox
    else exchange.target = keyType === 'sandbox' ? sandbox : production
    return exchange.target === null ? wrongKeyType : undefined
  }
}

/** The same where the key's own kind, which the subscription file may say, comes before the token's. */
function chooseSubscribed(production: BackendTarget | null, sandbox: BackendTarget | null): Step {
  const withoutKey = chooseBackend(production, sandbox)
  return (exchange) => {
    const keyType = exchange.subscription?.keyType ?? null
    if (keyType === null) return withoutKey(exchange)
    exchange.target = keyType === 'sandbox' ? sandbox : production
    return exchange.target === null ? wrongKeyType : undefined
  }
}
