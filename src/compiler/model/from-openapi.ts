/** Reads a definition, OpenAPI 3.0, OpenAPI 3.1 or Swagger 2.0, into the model. */
import type { Diagnostics } from '../diagnostics.ts'
import { entry, NodeAccess } from '../source/node-access.ts'
import { reachableObjects } from '../source/reachable-objects.ts'
import { follow } from '../source/references.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readBasePath } from './base-path.ts'
import { readClientTransport } from './client-transport.ts'
import type { ApiContext, Definition, Dialect } from './definition.ts'
import { checkNoExtensions } from './extensions.ts'
import { readLevel } from './level-settings.ts'
import { checkMisspeltKeys } from './misspelt-keys.ts'
import { openapi3 } from './openapi-3.ts'
import { readOperations } from './operations.ts'
import { SecurityRequirements } from './security-requirements.ts'
import { swagger2 } from './swagger-2.ts'
import type { Api } from './types/api.ts'
import type { Requirement } from './types/security.ts'
import { namedEndpoints } from './wso2-endpoint.ts'

/**
 * What is wrong is reported and left out, so that one run finds as much as possible.
 * @returns `null` where the document is no definition of a version that is known.
 */
export function readApi(document: SourceNode, project: ApiContext, sources: Sources, diagnostics: Diagnostics): Api | null {
  const root = new NodeAccess(diagnostics, 'invalid-definition').object(document)
  const dialect = root === null ? null : dialectOf(root, diagnostics)
  if (root === null || dialect === null) return null
  const { policy } = project.entry
  if (policy !== null) {
    const hint = 'Say it in the definition: `x-postern`.'
    diagnostics.report('invalid-project', policy.at, '`policy` is for .proto files', hint)
  }
  return readDefinition(root, dialect, project, sources, diagnostics)
}

/** Reads a document whose dialect is known. */
export function readDefinition(root: ObjectNode, dialect: Dialect, project: ApiContext, sources: Sources, diagnostics: Diagnostics): Api {
  const access = new NodeAccess(diagnostics, 'invalid-definition')
  const extensions = new NodeAccess(diagnostics, 'invalid-extension')
  const definition: Definition = {
    root,
    dialect,
    ...readInfo(root, access),
    project,
    diagnostics,
    access,
    extensions,
    endpoints: namedEndpoints(root, extensions),
    follow: (node) => follow(node, sources, diagnostics),
    levels: new Set(),
  }
  checkMisspeltKeys(root, 'root', definition)
  checkForeignKeys(definition)
  const level = readLevel(root, 'root', definition)
  const paths = readPaths(definition)
  const operations = paths === null ? [] : readOperations(paths, level, definition)
  for (const object of reachableObjects(root, dialect.examplesAreData, sources, diagnostics)) {
    if (!definition.levels.has(object)) checkNoExtensions(object, diagnostics)
  }
  return {
    title: definition.title,
    version: definition.version,
    definition: project.entry.definition.value,
    at: root.at,
    basePath: readBasePath(definition),
    throttle: level.throttle,
    hardLimits: level.hardLimits,
    capacities: level.capacities,
    concurrency: level.concurrency,
    rootRequirements: readRootRequirements(definition),
    ...readClientTransport(definition),
    validateSubscriptions: project.entry.validateSubscriptions,
    operations,
  }
}

/** The version is often written as a number, without the quotes that YAML needs for text: `swagger: 2.0`. */
function dialectOf(root: ObjectNode, diagnostics: Diagnostics): Dialect | null {
  const swagger = entry(root, 'swagger')
  const version = entry(root, 'openapi') ?? swagger
  if (version === null) {
    diagnostics.report(
      'unsupported-version',
      root.at,
      'the document has neither `openapi` nor `swagger`, which name a definition’s version',
    )
    return null
  }
  if (version !== swagger && swagger !== null) {
    diagnostics.report('unsupported-version', swagger.at, 'the document has both `openapi` and `swagger`')
    return null
  }
  const text = version.kind === 'scalar' ? version.text : ''
  if (version === swagger && text === '2.0') return swagger2
  if (version !== swagger && /^3\.[01](?:\.\d+)?$/.test(text)) return openapi3
  diagnostics.report('unsupported-version', version.at, `\`${text.slice(0, 40)}\` is not a version that can be read`)
  return null
}

function readInfo(root: ObjectNode, access: NodeAccess): { readonly title: string; readonly version: string } {
  const info = access.required(root, 'info', (node) => access.object(node))
  if (info === null) return { title: '', version: '' }
  return {
    title: access.required(info, 'title', (node) => access.text(node)) ?? '',
    version:
      access.required(info, 'version', (node) =>
        node.kind === 'scalar' && typeof node.value === 'number' ? node.text : access.text(node),
      ) ?? '',
  }
}

/** Somebody who mixes the two up would find that a backend or a security scheme does not apply. */
function checkForeignKeys({ root, dialect, diagnostics }: Definition): void {
  for (const key of dialect.foreignKeys) {
    const found = root.entries.get(key)
    if (found === undefined) continue
    const message = `\`${key}\` is not a key of ${dialect.name}, and would not apply`
    diagnostics.report('invalid-definition', found.keyAt, message, `Remove it, or say the same in the way of ${dialect.name}.`)
  }
}

function readRootRequirements(definition: Definition): readonly Requirement[] {
  const security = entry(definition.root, 'security')
  return security === null ? [] : (new SecurityRequirements(definition).of(security) ?? [])
}

/** OpenAPI 3.1 may do without paths: a definition of webhooks alone. */
function readPaths({ root, access }: Definition): ObjectNode | null {
  const version = entry(root, 'openapi')
  const optional = version?.kind === 'scalar' && version.text.startsWith('3.1')
  const read = (node: SourceNode): ObjectNode | null => access.object(node)
  return optional ? access.optional(root, 'paths', read) : access.required(root, 'paths', read)
}
