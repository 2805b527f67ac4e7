/** The capability `extensions`: steps of key validation that the project does itself. Whatever goes wrong there refuses the request. */
import type { ExtensionStep, JsonObject } from '../../contract/extension.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { ExtensionCapability, ExtensionFunctions, Extensions, OwnConsumerToken } from '../capabilities/extensions.ts'
import type { TokenAuthentication } from '../capabilities/jwt.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import { tokenChallenges } from '../challenges.ts'
import type { Exchange, Refusal, Step } from '../exchange.ts'
import { scopeTable } from '../scope-bits.ts'
import { StartError } from '../settings.ts'
import { readAnswer, readConsumerToken, readSubscription } from './answer.ts'
import { ask } from './ask.ts'
import { attach } from './attachments.ts'
import { BadAnswer } from './bad-answer.ts'
import { callerView } from './caller-view.ts'
import { readHolder } from './holder.ts'
import { requestView } from './request-view.ts'
import { Standard } from './standard.ts'

export const extensionCapability: ExtensionCapability = (own) => (surroundings) => new OwnSteps(own, surroundings)

type OwnFunction = (question: object) => unknown

const notSubscribed: Refusal = { kind: 'subscription-missing', fields: '', reason: 'extension-refused' }
const withoutScope: Refusal = { kind: 'scope-missing', fields: '', reason: 'extension-refused' }

/** The gateway's step that an extension takes the place of. */
type GatewayStep = {
  /** Why it refuses, where it was asked and does. */
  readonly refusal: () => Refusal | undefined
  /** While it works on the exchange. */
  readonly working: () => Promise<unknown> | null
  /** The request is decided. */
  readonly ended: () => void
}

const nothing: GatewayStep = { refusal: () => undefined, working: () => null, ended: () => {} }

function gatewayStep(standard: Standard): GatewayStep {
  return { refusal: () => standard.refusal, working: () => standard.working, ended: () => standard.end() }
}

class OwnSteps implements Extensions {
  readonly #surroundings: Surroundings
  readonly #functions: ReadonlyMap<ExtensionStep, OwnFunction>
  readonly #files: ReadonlyMap<ExtensionStep, string>

  constructor(own: ExtensionFunctions, surroundings: Surroundings) {
    const modules = surroundings.plan.extensions?.modules ?? []
    this.#surroundings = surroundings
    this.#files = new Map(modules.map(({ step, file }) => [step, file]))
    this.#functions = new Map(modules.map(({ step, file }) => [step, functionOf(own[step], step, file)]))
  }

  token(operation: OperationPlan, standard: Step, tokenOf: TokenAuthentication['tokenOf']): Step {
    const own = this.#own('validateToken', operation)
    if (own === null) return standard
    const { plan } = this.#surroundings
    const issuers = issuersOf(operation, plan)
    const scopes = scopeTable(plan.scopes)
    const refused = refusedToken(operation, plan)
    return (exchange) => {
      const [, scheme, token] = /^(bearer|dpop) (\S+)$/i.exec(exchange.credential ?? '') ?? []
      // No token: whether that will do is not about tokens.
      if (scheme === undefined || token === undefined) return standard(exchange)
      const ours = new Standard(standard, exchange)
      const question = {
        request: requestView(exchange, plan.apis[operation.api]!),
        token,
        scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
        standard: () => ours.ask(),
      }
      return this.#decide('validateToken', own, question, gatewayStep(ours), exchange, ['holder'], (answer) => {
        if (!answer.allowed) return ours.refusal ?? refused
        if (answer.holder !== undefined) {
          exchange.token = tokenOf(readHolder(answer.holder, issuers, scopes))
          exchange.consumer = exchange.token.consumer ?? exchange.holder ?? exchange.certificate?.consumer ?? exchange.caller
        } else if (!ours.passed)
          throw new BadAnswer('it allows a token without saying whose, and the gateway was not asked or does not know')
        return undefined
      })
    }
  }

  subscription(operation: OperationPlan, standard: Step | null): Step | null {
    const own = this.#own('validateSubscription', operation)
    if (own === null) return standard
    const { plan } = this.#surroundings
    return (exchange) => {
      const caller = callerView(exchange, plan)
      if (caller === null) return standard === null ? undefined : standard(exchange)
      const ours = new Standard(standard, exchange)
      const question = { request: requestView(exchange, plan.apis[operation.api]!), caller, standard: () => ours.ask() }
      return this.#decide('validateSubscription', own, question, gatewayStep(ours), exchange, ['subscription'], (answer) => {
        if (!answer.allowed) return ours.refusal ?? notSubscribed
        if (answer.subscription !== undefined) exchange.subscription = readSubscription(answer.subscription)
        return undefined
      })
    }
  }

  scopes(operation: OperationPlan, standard: Step | null): Step | null {
    const own = this.#own('validateScopes', operation)
    if (own === null) return standard
    const { plan } = this.#surroundings
    const judge = (exchange: Exchange, end: Refusal | undefined): ReturnType<Step> => {
      // A kind of credential that is missing is no question of scopes.
      if (end !== undefined && end.kind !== 'scope-missing') return end
      const caller = callerView(exchange, plan)
      if (caller === null) return end
      const question = { request: requestView(exchange, plan.apis[operation.api]!), caller, standard: end === undefined }
      return this.#decide('validateScopes', own, question, { ...nothing, refusal: () => end }, exchange, [], (answer) =>
        answer.allowed ? undefined : (end ?? withoutScope),
      )
    }
    return (exchange) => {
      const end = standard === null ? undefined : standard(exchange)
      return end instanceof Promise ? end.then((refusal) => judge(exchange, refusal)) : judge(exchange, end)
    }
  }

  consumerToken(operation: OperationPlan): OwnConsumerToken | null {
    const own = this.#own('generateConsumerToken', operation)
    if (own === null) return null
    const { plan } = this.#surroundings
    return (exchange, standard, take) => {
      let over = false
      const question = {
        request: requestView(exchange, plan.apis[operation.api]!),
        caller: callerView(exchange, plan),
        // Made of JSON by `attach`.
        attached: (exchange.attached ?? Object.freeze({})) as JsonObject,
        standard: async () => (over ? '' : standard()),
      }
      const ended = (): void => {
        over = true
      }
      return this.#ask('generateConsumerToken', own, question, { ...nothing, ended }, (answer) => {
        if (answer !== null) take(readConsumerToken(answer))
        return undefined
      })
    }
  }

  #own(step: ExtensionStep, { extensions }: OperationPlan): OwnFunction | null {
    return extensions.includes(step) ? this.#functions.get(step)! : null
  }

  #decide(
    step: ExtensionStep,
    own: OwnFunction,
    question: object,
    standard: GatewayStep,
    exchange: Exchange,
    members: readonly string[],
    conclude: (answer: ReturnType<typeof readAnswer>) => Refusal | undefined,
  ): ReturnType<Step> {
    return this.#ask(step, own, question, standard, (given) => {
      const answer = readAnswer(given, members)
      const attached = answer.attach === undefined ? exchange.attached : attach(exchange.attached, answer.attach)
      const refusal = conclude(answer)
      exchange.attached = attached
      return refusal
    })
  }

  #ask(
    step: ExtensionStep,
    own: OwnFunction,
    question: object,
    standard: GatewayStep,
    conclude: (given: unknown) => Refusal | undefined,
  ): ReturnType<Step> {
    const { warn, metrics, plan } = this.#surroundings
    const count = (end: Refusal | undefined): Refusal | undefined => {
      standard.ended()
      // The gateway's own refusals have been counted.
      if (end !== undefined && end !== standard.refusal()) metrics.authFailure(end.reason)
      return end
    }
    const end = ask(() => own(Object.freeze(question)), conclude, {
      timeout: plan.extensions!.timeout,
      report: (problem) => warn('extension', `${step} of ${this.#files.get(step)}: ${problem}`),
      pending: standard.working,
    })
    return end instanceof Promise ? end.then(count) : count(end)
  }
}

function functionOf(value: unknown, step: ExtensionStep, file: string): OwnFunction {
  if (typeof value !== 'function') throw new StartError(`${step} of ${file} is no function`)
  return value as OwnFunction
}

/** By name, those whose tokens the operation takes. */
function issuersOf({ security }: OperationPlan, { issuers }: GatewayPlan): ReadonlyMap<string, number> {
  if (security.kind !== 'token' && security.kind !== 'credentials') return new Map()
  const indexes =
    security.kind === 'token'
      ? security.alternatives.flatMap((alternative) => alternative.issuers)
      : security.alternatives.flatMap(({ token }) => token?.issuers ?? [])
  return new Map([...new Set(indexes)].toSorted((a, b) => a - b).map((index) => [issuers[index]!.issuer, index]))
}

function refusedToken({ security }: OperationPlan, { name }: GatewayPlan): Refusal {
  const dpop = (security.kind === 'token' || security.kind === 'credentials') && security.dpop
  const error = ', error="invalid_token", error_description="The access token was refused"'
  return { kind: 'credential-invalid', fields: tokenChallenges(name, error, dpop), reason: 'extension-refused' }
}
