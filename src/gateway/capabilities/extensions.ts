/** Steps that the project does itself. */
import type { ExtensionStep } from '../../contract/extension.ts'
import type { OperationPlan } from '../../contract/plan/operation.ts'
import type { Exchange, Step } from '../exchange.ts'
import type { TokenAuthentication } from './jwt.ts'
import type { Surroundings } from './surroundings.ts'

/** `own`: the functions of the project's modules. Throws a StartError where one is none. */
export type ExtensionCapability = (own: ExtensionFunctions) => (surroundings: Surroundings) => Extensions

export type ExtensionFunctions = Readonly<Partial<Record<ExtensionStep, unknown>>>

/** The project's own steps. Each is given the gateway's, and returns it where the operation keeps it. */
export type Extensions = {
  /** `tokenOf`: as of TokenAuthentication. */
  readonly token: (operation: OperationPlan, standard: Step, tokenOf: TokenAuthentication['tokenOf']) => Step
  readonly subscription: (operation: OperationPlan, standard: Step | null) => Step | null
  /** Decides about scopes alone: what the gateway's step refuses for another reason stays refused. */
  readonly scopes: (operation: OperationPlan, standard: Step | null) => Step | null
  /** `null`: the gateway makes the backend's token. */
  readonly consumerToken: (operation: OperationPlan) => OwnConsumerToken | null
}

/** `standard` makes the gateway's own token; `take` is given the one that is to be sent. */
export type OwnConsumerToken = (exchange: Exchange, standard: () => string, take: (token: string) => void) => ReturnType<Step>
