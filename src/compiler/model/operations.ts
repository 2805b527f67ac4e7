/** The operations of a definition: one for each method of each path that can be requested. */
import type { Method } from '../../contract/plan/method.ts'
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectEntry, ObjectNode, SourceNode } from '../source/source-node.ts'
import { Backends } from './backends.ts'
import type { Definition } from './definition.ts'
import { checkNoExtensions } from './extensions.ts'
import { type LevelSettings, readLevel } from './level-settings.ts'
import { checkMisspeltKeys, methods } from './misspelt-keys.ts'
import { operationCors } from './operation-cors.ts'
import { OperationSecurity } from './operation-security.ts'
import { bodyParameter, PathParameters } from './path-parameters.ts'
import { type PathTemplate, parsePathTemplate } from './path-template.ts'
import { nearestIdentity } from './told-identity.ts'
import type { Operation } from './types/operation.ts'

/** Many paths may refer to one Path Item, so a small file can have many operations. */
const maximumOperations = 50_000
/** Characters of all paths together, for each of their operations: all of them are kept in memory, segment by segment. */
const maximumTemplates = 4_000_000

type Template = Extract<PathTemplate, { kind: 'template' }>
type Found = { readonly method: Method; readonly node: ObjectNode; readonly at: Location }

type FoundPath = {
  readonly node: ObjectNode
  readonly template: string
  readonly path: Template
  readonly level: LevelSettings
}

/** What an operation is made of, of the whole definition. */
type Parts = {
  readonly definition: Definition
  readonly root: LevelSettings
  readonly backends: Backends
  readonly security: OperationSecurity
  readonly parameters: PathParameters
}

/** @param paths the Paths Object; its `x-…` keys are extensions and no paths. */
export function readOperations(paths: ObjectNode, root: LevelSettings, definition: Definition): readonly Operation[] {
  const parts = {
    definition,
    root,
    backends: new Backends(definition, root),
    security: new OperationSecurity(definition, root),
    parameters: new PathParameters(definition),
  }
  checkNoExtensions(paths, definition.diagnostics)
  const operations: Operation[] = []
  let characters = 0
  for (const [template, item] of paths.entries) {
    if (template.startsWith('x-')) continue
    const read = readPath(template, item, parts)
    operations.push(...read)
    characters += template.length * Math.max(1, read.length)
    if (characters > maximumTemplates) {
      definition.access.refuse(paths, `the paths of all operations have over ${maximumTemplates} characters`)
      break
    }
    if (operations.length > maximumOperations) {
      definition.access.refuse(paths, `there are over ${maximumOperations} operations`)
      break
    }
  }
  return operations
}

function readPath(template: string, { keyAt, value }: ObjectEntry, parts: Parts): readonly Operation[] {
  const { definition } = parts
  const path = parsePathTemplate(template)
  if (path.kind === 'refused') {
    definition.diagnostics.report(path.code, keyAt, `the path \`${template.slice(0, 200)}\` ${path.problem}`)
    leaveOut(value, definition)
    return []
  }
  if (path.hasAsterisk) {
    definition.diagnostics.report(
      'literal-asterisk',
      keyAt,
      `the \`*\` in the path \`${template.slice(0, 200)}\` matches an asterisk and nothing else`,
    )
  }
  const target = definition.follow(value)
  const item = target === null ? null : definition.access.object(target)
  if (item === null) return []
  if (value !== item && value.kind === 'object') checkBesideReference(value, definition)
  checkMisspeltKeys(item, 'path', definition)
  const level = readLevel(item, 'path', definition)
  const operations = operationsOf(item, definition)
  parts.parameters.check({ template, parameters: path.parameters, node: item, operations })
  return operations.map((operation) => readOperation(operation, { node: item, template, path, level }, parts))
}

function operationsOf(item: ObjectNode, { access }: Definition): readonly Found[] {
  return Object.entries(methods).flatMap(([key, method]) => {
    const found = item.entries.get(key)
    const node = found === undefined ? null : access.object(found.value)
    if (found === undefined || node === null) return []
    // What the reference leads to would be lost, and with it the operation's security.
    if (node.entries.has('$ref')) access.refuse(node, 'an operation cannot be a `$ref`', 'Refer to the whole path item instead.')
    return [{ method, node, at: found.keyAt }]
  })
}

/** Extensions of a path that is not routed are neither read nor misplaced: the path may be waived. */
function leaveOut(item: SourceNode, { levels, follow }: Definition): void {
  const target = follow(item)
  if (target?.kind !== 'object') return
  levels.add(target)
  for (const { value } of target.entries.values()) if (value.kind === 'object') levels.add(value)
}

/** OpenAPI leaves open what holds for keys beside a `$ref`; here they would be lost, and with them an operation or its security. */
function checkBesideReference(item: ObjectNode, { diagnostics }: Definition): void {
  for (const [key, { keyAt }] of item.entries) {
    if (['$ref', 'summary', 'description'].includes(key)) continue
    const message = `\`${key.slice(0, 80)}\` stands beside a \`$ref\` and would not apply`
    diagnostics.report('invalid-definition', keyAt, message, 'Move it to where the $ref points.')
  }
}

/** It is the operation's name in every log line and metric. */
function readOperationId(node: SourceNode, access: NodeAccess): string | null {
  const id = access.text(node)
  return id !== null && id.length > 256 ? access.refuse(node, '`operationId` has over 256 characters') : id
}

function readOperation({ method, node, at }: Found, { node: item, template, path, level: pathLevel }: FoundPath, parts: Parts): Operation {
  const { definition, root, backends, security } = parts
  const { access, project } = definition
  checkMisspeltKeys(node, 'operation', definition)
  const responses = entry(node, 'responses')
  if (responses?.kind === 'object') checkNoExtensions(responses, definition.diagnostics)
  const level = readLevel(node, 'operation', definition)
  const production = backends.production(pathLevel, level)
  const sandbox = backends.sandbox(pathLevel, level)
  const body = bodyParameter(node, definition)
  const timeout = level.timeout ?? pathLevel.timeout ?? root.timeout
  if (level.upgrade !== null && method !== 'GET')
    definition.diagnostics.report('invalid-extension', level.upgrade.at, 'only a GET operation can have an upgrade')
  return {
    method,
    template,
    path: path.segments,
    parameters: [...parts.parameters.beside(item, node), ...(body === null ? [] : [body])],
    operationId: access.optional(node, 'operationId', (id) => readOperationId(id, access)),
    at,
    security: security.of(level, at),
    issuers: level.issuers ?? pathLevel.issuers ?? root.issuers,
    certificates: level.certificates ?? pathLevel.certificates ?? root.certificates ?? project.entry.certificates,
    throttle: level.throttle ?? pathLevel.throttle,
    production,
    sandbox,
    backendRefused: production === null && sandbox === null && backends.isRefused(pathLevel, level),
    maxBody: level.maxBody ?? pathLevel.maxBody ?? root.maxBody ?? project.limits.maxBody,
    // `timeout` bounds the whole exchange, and so its answer's beginning too, also where that may now take longer than by default.
    answerTimeout: timeout ?? project.timeouts.answer,
    exchangeTimeout: timeout ?? project.timeouts.exchange,
    idle: level.idle ?? pathLevel.idle ?? root.idle,
    upgrade: level.upgrade,
    keyManager: null,
    cors: operationCors([level.cors, pathLevel.cors, root.cors], method, level.upgrade, definition),
    identity: nearestIdentity([level.identity, pathLevel.identity, root.identity]),
    onStale: level.onStale ?? pathLevel.onStale ?? root.onStale,
  }
}
