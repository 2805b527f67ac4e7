/**
 * The capability `backend-identity`: what backends are told of callers. A signed token or plain fields are made when a caller is first seen;
 * after that a request costs a look-up and a comparison of times.
 */
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { BackendIdentity, BackendIdentityCapability } from '../capabilities/backend-identity.ts'
import type { OwnConsumerToken } from '../capabilities/extensions.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { Exchange, Step } from '../exchange.ts'
import { type RequestFields, requestSlots } from '../http1/request-fields.ts'
import type { SharedMemory } from '../serving-thread.ts'
import { settingsIn, settle } from '../settings.ts'
import { type CallerFacts, CallerReader } from './caller-facts.ts'
import { consumerLines } from './consumer-fields.ts'
import { KnownCallers, ToldLines } from './known-callers.ts'
import { TokenPayload } from './token-payload.ts'
import { readPrivateKey, TokenSigner } from './token-signer.ts'

export const backendIdentityCapability: BackendIdentityCapability = {
  open: (surroundings) => new ToldBackends(surroundings),
  keySet: ({ backendToken }, values) => {
    if (backendToken === null) return null
    const { publicJwk } = signerOf(backendToken, values, (_, make) => make())
    return JSON.stringify({ keys: [publicJwk] })
  },
}

class ToldBackends implements BackendIdentity {
  readonly watchedFields: readonly string[]
  /** For metrics. */
  signed: number = 0
  readonly #surroundings: Surroundings
  readonly #callers: CallerReader
  readonly #known: KnownCallers = new KnownCallers()
  readonly #token: Token | null
  readonly #fields: (facts: CallerFacts, api: number) => string

  constructor(surroundings: Surroundings) {
    const { plan, values, shared, metrics } = surroundings
    const { backendToken, consumerFields, apis } = plan
    this.#surroundings = surroundings
    this.#callers = new CallerReader(plan)
    this.#token =
      backendToken === null
        ? null
        : { plan: backendToken, signer: signerOf(backendToken, values, shared), payload: new TokenPayload(backendToken, apis) }
    this.#fields = consumerLines(consumerFields, apis)
    const names = [...(backendToken === null ? [] : [backendToken.header]), ...consumerFields.map(({ name }) => name)]
    this.watchedFields = names.map((name) => name.toLowerCase())
    if (backendToken !== null) metrics.backendTokens = this
  }

  get entries(): number {
    return this.#known.entries
  }

  tell({ identity, api, security }: OperationPlan, fields: RequestFields, own: OwnConsumerToken | null): Step | null {
    const gateway = { token: identity.token && own === null, fields: identity.fields }
    const tellGateway = gateway.token || gateway.fields ? this.#tellCaller(api, gateway) : null
    const tellCaller = own === null ? tellGateway : this.#tellBy(own, api, tellGateway)
    if (!identity.credential) return tellCaller
    const handOn = handOnCredential(security, fields)
    return (exchange) => {
      handOn(exchange)
      return tellCaller?.(exchange)
    }
  }

  /** The token is the project's to make; the fields are told by the gateway. */
  #tellBy(own: OwnConsumerToken, api: number, tellFields: Step | null): Step {
    const { header } = this.#token!.plan
    return (exchange) => {
      if (isAnonymous(exchange)) return undefined
      tellFields?.(exchange)
      const standard = (): string => this.#told(exchange, api, true, false).token!.slice(header.length + 2, -2)
      return own(exchange, standard, (token) => {
        exchange.backendFields += `${header}: ${token}\r\n`
      })
    }
  }

  #tellCaller(api: number, { token: withToken, fields: withFields }: Pick<OperationPlan['identity'], 'token' | 'fields'>): Step {
    return (exchange) => {
      if (isAnonymous(exchange)) return undefined
      const told = this.#told(exchange, api, withToken, withFields)
      if (withToken) exchange.backendFields += told.token!
      if (withFields) exchange.backendFields += told.fields!
      return undefined
    }
  }

  #told(exchange: Exchange, api: number, withToken: boolean, withFields: boolean): ToldLines {
    const told = this.#known.find(exchange, api)
    const lacks =
      told === undefined ||
      (withToken && told.token === null) ||
      (withFields && told.fields === null) ||
      told.renewAt <= this.#surroundings.clock.now()
    return lacks ? this.#make(exchange, api, withToken, withFields) : told
  }

  #make(exchange: Exchange, api: number, withToken: boolean, withFields: boolean): ToldLines {
    const now = this.#surroundings.clock.now()
    const known = this.#known.find(exchange, api)
    const told = known === undefined || known.renewAt <= now ? new ToldLines() : known
    const facts = this.#callers.read(exchange, api)!
    if (withToken && told.token === null) this.#sign(told, facts, api, now)
    if (withFields) told.fields ??= this.#fields(facts, api)
    this.#known.keep(exchange, api, told)
    return told
  }

  #sign(told: ToldLines, facts: CallerFacts, api: number, now: number): void {
    const { plan, signer, payload } = this.#token!
    const end = Math.min(now + plan.lifetime, facts.expiresAt)
    const life = { from: Math.floor(now / 1_000), to: Math.floor(end / 1_000) }
    told.token = `${plan.header}: ${signer.sign(payload.of(facts, api, life))}\r\n`
    // One that ends with the caller's credential cannot be made to last any longer.
    told.renewAt = end === facts.expiresAt ? Number.POSITIVE_INFINITY : end - plan.lifetime / 10
    this.signed++
  }
}

function isAnonymous({ token, apiKey, user, certificate }: Exchange): boolean {
  return token === null && apiKey === null && user === null && certificate === null
}

type Token = {
  readonly plan: NonNullable<GatewayPlan['backendToken']>
  readonly signer: TokenSigner
  readonly payload: TokenPayload
}

/** All threads sign with the key that the first one has read, also those that are started when its file has changed. */
function signerOf(
  { key, algorithm }: NonNullable<GatewayPlan['backendToken']>,
  values: ReadonlyMap<string, string>,
  shared: SharedMemory,
): TokenSigner {
  const named = settingsIn(key)
  const pem = Buffer.from(
    shared('backend-token-key', () => {
      const bytes = Buffer.from(readPrivateKey(settle(key, values), named))
      const buffer = new SharedArrayBuffer(bytes.length)
      bytes.copy(Buffer.from(buffer))
      return buffer
    }),
  )
  return new TokenSigner(pem.toString(), algorithm, named)
}

/** Fields only: a key that came in query or cookies stays with the gateway. */
function handOnCredential(security: OperationPlan['security'], fields: RequestFields): (exchange: Exchange) => void {
  // Where the token came as a subprotocol, it goes on in the field in which tokens come.
  const tokenField = security.kind === 'token' || security.kind === 'credentials' ? security.header : 'authorization'
  const names = new Set<string>(['authorization', tokenField])
  if (security.kind === 'credentials') for (const place of security.apiKeyPlaces) if (place.in === 'header') names.add(place.name)
  const slots = [...names].map((name) => ({ name, slot: name === 'authorization' ? requestSlots.authorization : fields.slot(name) }))
  return (exchange) => {
    for (const { name, slot } of slots) {
      const value = exchange.head.value(slot) ?? (name === tokenField ? exchange.credential : null)
      if (value !== null) exchange.backendFields += `${name}: ${value}\r\n`
    }
  }
}
