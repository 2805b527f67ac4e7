/** What a gRPC method asks of its callers: what its policy file and WSO2's options say, at the nearest level that says something. */
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { madeEntry, madeList, madeObject, madeText } from '../source/made-nodes.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Placed } from './types/placed.ts'
import type { Wso2Options, Wso2Security } from './wso2-options.ts'

/** What one level says; `scopes` alone ask for a token. */
export type LevelSecurity = {
  readonly schemes: Placed<readonly Scheme[]> | null
  readonly scopes: { readonly at: Location; readonly items: readonly SourceNode[] } | null
}

const nothing: LevelSecurity = { schemes: null, scopes: null }

/** None at all: public. */
type Scheme = 'token' | 'basic' | 'apiKey'

const schemes: Readonly<Record<Exclude<Wso2Security, 'NONE'>, Scheme>> = { OAUTH2: 'token', JWT: 'token', BASIC: 'basic', APIKEY: 'apiKey' }

/** OpenAPI's way to declare them. */
export function declaredSchemes(at: Location): ObjectNode {
  const declared = (type: string, more: readonly (readonly [string, string])[]): ObjectNode =>
    madeObject(
      at,
      [['type', type] as const, ...more].map(([key, value]) => [key, madeEntry(madeText(at, value))]),
    )
  return madeObject(at, [
    ['token', madeEntry(declared('http', [['scheme', 'bearer']]))],
    ['basic', madeEntry(declared('http', [['scheme', 'basic']]))],
    [
      'apiKey',
      madeEntry(
        declared('apiKey', [
          ['in', 'header'],
          ['name', 'apikey'],
        ]),
      ),
    ],
  ])
}

/** Joins what the policy file and WSO2's options say at one level; where both say the same thing, they must agree. */
export function readLevelSecurity(policy: ObjectNode | null, options: Wso2Options | null, access: NodeAccess): LevelSecurity {
  const { diagnostics } = access
  const own = policy === null ? nothing : readOwn(policy, access)
  const wso2 = options === null ? nothing : readWso2(options, diagnostics)
  const agree = (text: string | undefined, other: string | undefined): boolean =>
    text === undefined || other === undefined || text === other
  if (!agree(own.schemes?.value.join(), wso2.schemes?.value.join())) reportConflict(wso2.schemes!.at, 'security', diagnostics)
  if (!agree(scopesText(own), scopesText(wso2))) reportConflict(wso2.scopes!.at, 'scopes', diagnostics)
  const level = { schemes: own.schemes ?? wso2.schemes, scopes: own.scopes ?? wso2.scopes }
  if (level.schemes?.value.length === 0 && level.scopes !== null && level.scopes.items.length > 0) {
    diagnostics.report('conflicting-extensions', level.scopes.at, 'scopes are asked for, and at the same level no credential is')
  }
  return level
}

function reportConflict(at: Location, what: string, diagnostics: Diagnostics): void {
  diagnostics.report('conflicting-extensions', at, `the option and the policy file say different things about ${what}`)
}

function scopesText({ scopes }: LevelSecurity): string | undefined {
  const texts = scopes?.items.map((node) => (node.kind === 'scalar' ? node.text : ''))
  return texts?.toSorted().join(' ')
}

/** The `security` of an operation, as OpenAPI writes it; `null` where no level says anything. The nearest level comes first. */
export function methodRequirements(levels: readonly LevelSecurity[]): SourceNode | null {
  const nearest = levels.find(({ schemes: own, scopes }) => own !== null || scopes !== null)
  if (nearest === undefined) return null
  if (nearest.schemes?.value.length === 0) return madeList(nearest.schemes.at, [])
  const scopes = levels.find((level) => level.scopes !== null)?.scopes ?? null
  const at = (nearest.scopes ?? nearest.schemes)!.at
  // A level that names scopes alone asks for a token.
  const asked = nearest.schemes?.value ?? (levels.find((level) => (level.schemes?.value.length ?? 0) > 0)?.schemes?.value || ['token'])
  const requirement = (scheme: Scheme): ObjectNode =>
    madeObject(at, [[scheme, madeEntry(madeList(scopes?.at ?? at, scopes?.items ?? []), at)]])
  return madeList(at, asked.map(requirement))
}

function readOwn(policy: ObjectNode, access: NodeAccess): LevelSecurity {
  const security = entry(policy, 'security')
  const said = security === null ? null : access.oneOf(security, ['token', 'public'])
  const scopes = access.optional(policy, 'scopes', (node) => access.array(node))
  // What cannot be read lets nobody in.
  const asked: readonly Scheme[] = said === 'public' ? [] : ['token']
  return { schemes: security === null ? null : { value: asked, at: security.at }, scopes }
}

function readWso2({ security, scopes }: Wso2Options, diagnostics: Diagnostics): LevelSecurity {
  const asked = security?.value.flatMap((each) => (each === 'NONE' ? [] : [schemes[each]])) ?? []
  if (security?.value.includes('NONE') && asked.length > 0) {
    diagnostics.report('conflicting-extensions', security.at, '`NONE` stands beside a kind of credential')
  }
  return {
    schemes: security === null ? null : { value: [...new Set(asked)], at: security.at },
    scopes: scopes === null ? null : { at: scopes.at, items: scopes.value.map((scope) => madeText(scopes.at, scope)) },
  }
}
