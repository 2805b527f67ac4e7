/**
 * What an operation asks of its callers. `security` of the operation goes before that of the root, and the project's
 * `apis[].security` stands in where neither is written. WSO2's extensions mean what they mean there:
 * - `x-wso2-disable-security` (the operation's goes before the root's) and `x-auth-type: None` make it public;
 * - `x-wso2-application-security` says which kinds of credential count: application-security;
 * - `x-scope` replaces the scopes;
 * - `x-wso2-auth-header` is the field that carries the token.
 */
import type { Location } from '../source/location.ts'
import { entry } from '../source/node-access.ts'
import type { ObjectNode } from '../source/source-node.ts'
import { type ApplicationSecurity, readApplicationSecurity, requirementsFor, withApplicationSecurity } from './application-security.ts'
import { credentialField } from './credential-field.ts'
import type { Definition } from './definition.ts'
import type { LevelSettings } from './level-settings.ts'
import { placedText } from './placed-text.ts'
import { isScope, SecurityRequirements } from './security-requirements.ts'
import type { Decided, Placed } from './types/placed.ts'
import type { RequiredScheme, Requirement, Security } from './types/security.ts'

export class OperationSecurity {
  readonly #definition: Definition
  readonly #root: LevelSettings
  readonly #requirements: SecurityRequirements
  readonly #header: Decided<string>
  readonly #rootApplication: ApplicationSecurity | null

  constructor(definition: Definition, root: LevelSettings) {
    this.#definition = definition
    this.#root = root
    this.#requirements = new SecurityRequirements(definition)
    this.#header = this.#readHeader() ?? { value: 'authorization', at: null }
    this.#rootApplication = readApplicationSecurity(root.node, definition)
  }

  /** @param at the operation, for what nobody says. */
  of(operation: LevelSettings, at: Location): Security {
    const scope = this.#readScope(operation.node)
    const application = readApplicationSecurity(operation.node, this.#definition) ?? this.#rootApplication
    const security = this.#withExtensions(this.#written(operation, at), operation, application)
    if (scope === null || security.kind === 'unsaid') return security
    if (security.kind === 'required') {
      if (security.requirements.some(({ schemes }) => schemes.length === 0)) {
        const message = '`x-scope` asks for a scope, and `security` lets callers in without a credential'
        this.#definition.diagnostics.report('conflicting-extensions', scope.at, message)
      }
      return { ...security, at: scope.at, requirements: security.requirements.map((each) => withScope(each, scope)) }
    }
    this.#definition.diagnostics.report('conflicting-extensions', scope.at, '`x-scope` asks for a scope, and the operation is public')
    return security
  }

  #written(operation: LevelSettings, at: Location): Security {
    const node = entry(operation.node, 'security') ?? entry(this.#root.node, 'security')
    if (node === null) return this.#fromProject(at)
    // Nobody can meet what cannot be read.
    const requirements = this.#requirements.of(node)
    if (requirements?.length === 0) return { kind: 'public', at: node.at }
    return this.#required(node.at, requirements ?? [])
  }

  #fromProject(at: Location): Security {
    const { security } = this.#definition.project.entry
    if (security === null) return { kind: 'unsaid', at }
    if (security.value === 'public') return { kind: 'public', at: security.at }
    return this.#required(security.at, requirementsFor('token', security.at))
  }

  #withExtensions(written: Security, operation: LevelSettings, application: ApplicationSecurity | null): Security {
    const open = operation.open ?? this.#root.open
    if (open?.value === true) return { kind: 'public', at: open.at }
    if (application === null || (application.kinds.length === 0 && written.kind !== 'required')) return written
    const requirements = written.kind === 'required' ? written.requirements : []
    return this.#required(application.at, withApplicationSecurity(requirements, application))
  }

  #required(at: Location, requirements: readonly Requirement[]): Security {
    return { kind: 'required', at, header: this.#header.value, headerAt: this.#header.at, requirements }
  }

  #readHeader(): Placed<string> | null {
    const { extensions } = this.#definition
    const node = entry(this.#root.node, 'x-wso2-auth-header')
    const name = node === null ? null : extensions.text(node)
    if (node === null || name === null) return null
    const field = credentialField(name)
    return field === null ? extensions.refuse(node, 'no credential can travel in a field of that name') : { value: field, at: node.at }
  }

  #readScope(operation: ObjectNode): Placed<string> | null {
    const { extensions } = this.#definition
    const scope = extensions.optional(operation, 'x-scope', (node) => placedText(node, extensions))
    if (scope === null || isScope(scope.value)) return scope
    this.#definition.diagnostics.report('invalid-extension', scope.at, '`x-scope` must be one scope', 'Name several scopes in `security`.')
    return null
  }
}

/** Such a scope is declared nowhere, so it is not looked for among the declared ones. */
function withScope(requirement: Requirement, scope: Placed<string>): Requirement {
  const hasToken = requirement.schemes.some(({ scheme }) => scheme.kind === 'token')
  const replace = (required: RequiredScheme): RequiredScheme => {
    const { scheme } = required
    if (scheme.kind === 'token') return { ...required, scheme: { ...scheme, declaredScopes: null }, scopes: [scope] }
    // Where there is no token, the scope is asked of what there is.
    return !hasToken && (scheme.kind === 'basic' || scheme.kind === 'apiKey') ? { ...required, scopes: [scope] } : required
  }
  return { at: requirement.at, schemes: requirement.schemes.map(replace) }
}
