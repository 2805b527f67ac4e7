/** CORS as a definition says it (WHATWG Fetch §3.3): `x-postern.cors`, and WSO2's `x-wso2-cors` under other names. */
import type { Method } from '../../contract/plan/method.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import { durationOrOffAt } from './duration.ts'
import { methods } from './misspelt-keys.ts'
import { readOrigin } from './origins.ts'
import type { Cors } from './types/operation.ts'

/** `off`: the gateway leaves it to the backend. */
export type WrittenCors = Cors | 'off'

/** What either form says, by Postern's names. */
export type CorsParts = { readonly [Key in (typeof corsKeys)[number]]: SourceNode | null }

export const corsKeys = ['origins', 'methods', 'headers', 'expose', 'credentials', 'maxAge'] as const

const maximumNames = 200
const day = 86_400_000

const fieldName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/

/** `x-postern.cors`. */
export function readCors(node: SourceNode, definition: Definition): WrittenCors | null {
  const { extensions } = definition
  if (node.kind === 'scalar' && node.text === 'off') return 'off'
  const object = extensions.object(node)
  if (object === null) return null
  extensions.checkKeys(object, corsKeys)
  const parts = Object.fromEntries(corsKeys.map((key) => [key, entry(object, key)])) as CorsParts
  if (parts.origins === null) return extensions.refuse(node, '`origins` is missing', 'Name the origins, or write `cors: off`.')
  return corsOf(parts, definition)
}

/** `null` where something is wrong, which is reported. */
export function corsOf(parts: CorsParts, definition: Definition): Cors | null {
  const { extensions } = definition
  const origins = listOf(parts.origins, extensions, (item) => readOrigin(item, extensions))
  const allowed = listOf(parts.methods, extensions, (item) => readMethod(item, extensions))
  const cors: Cors = {
    origins: origins.includes('*') ? 'any' : origins,
    methods: parts.methods === null || allowed.includes('*') ? 'any' : allowed.filter((method) => method !== '*'),
    headers: listOf(parts.headers, extensions, (item) => readFieldName(item, extensions)).map((name) => name.toLowerCase()),
    expose: listOf(parts.expose, extensions, (item) => readFieldName(item, extensions)),
    credentials: (parts.credentials === null ? null : extensions.boolean(parts.credentials)) ?? false,
    maxAge: parts.maxAge === null ? null : readMaxAge(parts.maxAge, extensions),
  }
  if (parts.origins?.kind === 'array' && parts.origins.items.length === 0)
    return extensions.refuse(parts.origins, 'no origin is named here')
  reportImpossible(cors, origins, parts, definition)
  return cors
}

/** What no browser would do, although each part of it can be read. */
function reportImpossible(cors: Cors, origins: readonly string[], parts: CorsParts, { diagnostics }: Definition): void {
  const report = (node: SourceNode | null, message: string, hint?: string): void => {
    if (node !== null) diagnostics.report('impossible-cors', node.at, message, hint)
  }
  if (origins.length > 1 && cors.origins === 'any') report(parts.origins, '`*` stands for every origin, and others are named beside it')
  if (!cors.credentials) return
  const listed = 'Name each one, or leave credentials out.'
  if (cors.origins === 'any') report(parts.origins, 'with credentials, `*` is no origin: every site could act as its visitors', listed)
  if (origins.includes('null')) {
    report(parts.origins, 'with credentials, the origin `null` would let in any site, from a frame in a sandbox', listed)
  }
  if (cors.headers.includes('*')) report(parts.headers, 'with credentials, browsers take `*` for a field of that name', listed)
  if (cors.expose.includes('*')) report(parts.expose, 'with credentials, browsers take `*` for a field of that name', listed)
}

/** One value, or a list of them; each only once. What cannot be read is reported and left out. */
function listOf<T>(node: SourceNode | null, extensions: NodeAccess, read: (item: SourceNode) => T | null): readonly T[] {
  if (node === null) return []
  const items = node.kind === 'array' ? node.items : [node]
  if (items.length > maximumNames) extensions.refuse(node, `over ${maximumNames} stand in this list`)
  return [...new Set(items.slice(0, maximumNames).flatMap((item) => read(item) ?? []))]
}

function readMethod(node: SourceNode, extensions: NodeAccess): Method | '*' | null {
  return extensions.oneOf(node, ['*', ...Object.values(methods)])
}

function readFieldName(node: SourceNode, extensions: NodeAccess): string | null {
  const text = extensions.text(node)
  return text === null || fieldName.test(text) ? text : extensions.refuse(node, 'this is not the name of a header field')
}

/** Seconds. */
function readMaxAge(node: SourceNode, extensions: NodeAccess): number | null {
  const milliseconds = durationOrOffAt(node, 1000, day, extensions)
  if (milliseconds === null || milliseconds % 1000 === 0) return milliseconds === null ? null : milliseconds / 1000
  return extensions.refuse(node, '`maxAge` must be whole seconds')
}
