/** `issuers` of postern.yaml: who may sign the tokens that the gateway accepts, and with which keys. */
import { jwtAlgorithms } from '../../contract/key-rules.ts'
import type { JwtAlgorithm } from '../../contract/plan/keys.ts'
import { nearestName } from '../source/nearest-name.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { durationAt } from './duration.ts'
import { readFetchedKeys, type SharedFiles } from './fetched-keys.ts'
import { readIntrospection } from './introspection.ts'
import { readKeys } from './keys.ts'
import { readPassThrough } from './pass-through.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, claimKeys, issuerKeys } from './project-keys.ts'
import { isJwtAlgorithm } from './public-key.ts'
import { readSenderConstrained } from './sender-constrained.ts'
import type { Issuer } from './types/issuer.ts'
import type { Placed } from './types/placed.ts'
import { readValidateSubscriptions } from './validate-subscriptions.ts'

const defaultClaims = { scope: 'scope', subject: 'sub', client: 'azp', application: 'application', keyType: 'keytype' }
export const defaultClockSkew = 5000
const largestClockSkew = 600_000

/** @param node the value of `issuers`; `null` where the project does not have it. */
export function readIssuers(node: SourceNode | null, sources: Sources, shared: SharedFiles, access: NodeAccess): readonly Issuer[] | null {
  if (node === null) return []
  const list = access.array(node)
  if (list === null) return null
  const seen = new Map<string, SourceNode>()
  return list.items.map((item) => readIssuer(item, seen, sources, shared, access)).filter((issuer) => issuer !== null)
}

/** An issuer with mistakes stays in the model with what is left of it, so that no operation seems to lack an issuer. */
function readIssuer(
  node: SourceNode,
  seen: Map<string, SourceNode>,
  sources: Sources,
  shared: SharedFiles,
  access: NodeAccess,
): Issuer | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, issuerKeys, access)
  const algorithms = access.optional(object, 'algorithms', (value) => readAlgorithms(value, access))
  const written = entry(object, 'keys')
  const fetched = written?.kind === 'object' ? written : null
  const readFile = (value: SourceNode): Placed<string> | null => placedText(value, access)
  // Who is asked about every token needs no keys.
  const isAsked = entry(object, 'introspection') !== null
  const readKeysAt = (): Placed<string> | null =>
    isAsked ? access.optional(object, 'keys', readFile) : access.required(object, 'keys', readFile)
  const file = fetched === null ? readKeysAt() : null
  const issuer = access.required(object, 'issuer', (value) => readIssuerName(value, seen, access))
  return {
    issuer: issuer ?? '',
    at: object.at,
    audiences: access.required(object, 'audiences', (value) => readAudiences(value, access)) ?? [],
    keys: file === null ? [] : readKeys(file, algorithms, sources, access.diagnostics),
    fetchedKeys: fetched === null ? null : readFetchedKeys(fetched, issuer ?? '', shared, access),
    algorithms: algorithms?.value ?? null,
    clockSkew: (access.optional(object, 'clockSkew', (value) => readClockSkew(value, access)) ?? defaultClockSkew) / 1000,
    claims: access.optional(object, 'claims', (value) => readClaims(value, access)) ?? defaultClaims,
    profile: access.optional(object, 'profile', (value) => access.oneOf(value, ['jwt', 'at+jwt'])) ?? 'jwt',
    senderConstrained: access.optional(object, 'senderConstrained', (value) => readSenderConstrained(value, access)),
    passThrough: access.optional(object, 'passThrough', (value) => readPassThrough(value, issuer ?? '', shared, access)),
    introspection: access.optional(object, 'introspection', (value) => readIntrospection(value, issuer ?? '', shared, access)),
    validateSubscriptions: readValidateSubscriptions(object, access),
  }
}

export function readIssuerName(node: SourceNode, seen: Map<string, SourceNode>, access: NodeAccess): string | null {
  const name = access.text(node)
  if (name === null) return null
  const earlier = seen.get(name)
  if (earlier !== undefined) return access.refuse(node, `the issuer is already there, at line ${earlier.at.line}`, 'Join the two.')
  seen.set(name, node)
  return name
}

function readAudiences(node: SourceNode, access: NodeAccess): readonly string[] | 'any' | null {
  if (node.kind === 'scalar' && node.value === 'any') return 'any'
  if (node.kind !== 'array') return access.refuse(node, '`audiences` must be a list, or `any`', 'Write for example `[petstore]`.')
  if (node.items.length === 0) return access.refuse(node, '`audiences` is empty', 'Name the audiences, or write `any`.')
  const audiences = node.items.map((item) => {
    const audience = access.text(item)
    return audience === 'any'
      ? access.refuse(item, '`any` stands in a list of audiences', 'Write `audiences: any` without brackets.')
      : audience
  })
  return audiences.filter((audience) => audience !== null)
}

export function readAlgorithms(node: SourceNode, access: NodeAccess): Placed<readonly JwtAlgorithm[]> | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`algorithms` is empty', 'Name the algorithms, or leave the key out.')
  const algorithms: JwtAlgorithm[] = []
  for (const item of list.items) {
    const name = access.text(item)
    if (name === null) continue
    if (isJwtAlgorithm(name)) algorithms.push(name)
    else access.diagnostics.report('algorithm-not-allowed', item.at, `\`${name.slice(0, 40)}\` is not a permitted algorithm`, hintFor(name))
  }
  return algorithms.length === 0 ? null : { value: algorithms, at: list.at }
}

function hintFor(name: string): string | undefined {
  if (/^(?:none|hs)/i.test(name)) return undefined
  const nearest = nearestName(name, jwtAlgorithms)
  return nearest === null ? undefined : `Did you mean \`${nearest}\`?`
}

export function readClockSkew(node: SourceNode, access: NodeAccess): number | null {
  const skew = durationAt(node, 0, largestClockSkew, access)
  return skew === null || skew % 1000 === 0 ? skew : access.refuse(node, '`clockSkew` must be whole seconds')
}

function readClaims(node: SourceNode, access: NodeAccess): Issuer['claims'] | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, claimKeys, access)
  const claim = (key: keyof Issuer['claims']): string =>
    access.optional(object, key, (value) => readClaimName(value, access)) ?? defaultClaims[key]
  return {
    scope: claim('scope'),
    subject: claim('subject'),
    client: claim('client'),
    application: claim('application'),
    keyType: claim('keyType'),
  }
}

/** A dotted name reaches into an object, so no part between the dots is empty. */
function readClaimName(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  if (name === null || /^[^\s.]+(?:\.[^\s.]+)*$/.test(name)) return name
  return access.refuse(node, `\`${node.step}\` must be the name of a claim`, 'Write for example `azp` or `application.id`.')
}
