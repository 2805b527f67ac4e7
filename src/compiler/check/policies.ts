/** What holds for the requests of a route, as text that can be compared; the places where it is written do not matter. */
import type { Backend } from '../model/types/backend.ts'
import type { Operation } from '../model/types/operation.ts'
import type { Requirement, Security } from '../model/types/security.ts'
import type { Route } from './routes.ts'

/** What is asked of callers, as it is enforced: a token has the scopes of all schemes of one requirement, whatever their names. */
export class SecurityTexts {
  /** Operations share the list of their API, which may be long. */
  readonly #texts = new Map<readonly Requirement[], string>()

  of({ api, operation }: Route): string {
    const issuers = operation.security.kind === 'public' ? '' : issuersText(operation)
    return `${api.mutualTls?.value ?? ''} ${api.transport?.value ?? ''} ${issuers} ${this.#textOf(operation.security)}`
  }

  #textOf(security: Security): string {
    if (security.kind !== 'required') return security.kind
    const alternatives = this.#texts.get(security.requirements) ?? textOf(security.requirements)
    this.#texts.set(security.requirements, alternatives)
    return `${security.header} ${alternatives}`
  }
}

function issuersText({ issuers }: Operation): string {
  return JSON.stringify(issuers?.value.map(({ value }) => value).toSorted() ?? null)
}

/** All but the security: limits, backends and bounds. */
export function treatment({ api, operation }: Route): string {
  const { throttle, production, sandbox, maxBody, answerTimeout, exchangeTimeout, idle, upgrade, onStale } = operation
  return JSON.stringify([
    api.concurrency?.value ?? null,
    [api.hardLimits.production?.value ?? null, api.hardLimits.sandbox?.value ?? null],
    [api.throttle, throttle].map((level) => (level === null ? null : [level.tier.value, level.by])),
    [production, sandbox].map((backend) => (backend === null ? null : backendKey(backend.value))),
    [maxBody, answerTimeout, exchangeTimeout].map((bound) => bound.value),
    [idle?.value ?? null, upgrade?.value ?? null, onStale?.value ?? null],
  ])
}

function backendKey({ url, http, tls, credential }: Backend): readonly unknown[] {
  const certificates = tls === null ? null : [tls.authorities.map(({ pem }) => pem), tls.clientCertificate, tls.serverName]
  return [url, http, certificates, credential?.plan ?? null]
}

function textOf(requirements: readonly Requirement[]): string {
  const alternatives = requirements.map(({ schemes }) => {
    if (schemes.length === 0) return 'nothing'
    const kinds = Map.groupBy(schemes, ({ scheme }) => (scheme.kind === 'apiKey' ? `apiKey ${scheme.in} ${scheme.name}` : scheme.kind))
    const asked = [...kinds].map(([kind, same]) => [kind, ...new Set(same.flatMap(({ scopes }) => scopes.map(({ value }) => value)))])
    return JSON.stringify(asked.map(([kind, ...scopes]) => [kind, ...scopes.toSorted()].join(' ')).toSorted())
  })
  return [...new Set(alternatives)].toSorted().join(' ')
}
