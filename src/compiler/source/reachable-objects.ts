/**
 * Walks all that a definition consists of, across its files, and so checks every `$ref`: those of operations that the gateway serves and
 * those of schemas alike. What is somebody's data and no part of the definition (examples, defaults, enumerations, extensions) is not
 * entered, and a key that is somebody's name (of a property, a header, a response) is not taken for a keyword.
 */
import type { Diagnostics } from '../diagnostics.ts'
import { follow, referenceOf } from './references.ts'
import type { ObjectNode, SourceNode } from './source-node.ts'
import type { Sources } from './sources.ts'

/** Keywords whose object is a map from names to definition objects. */
const nameMaps: ReadonlySet<string> = new Set([
  '$defs',
  'callbacks',
  'content',
  'definitions',
  'dependentSchemas',
  'encoding',
  'examples',
  'headers',
  'links',
  'parameters',
  'pathItems',
  'paths',
  'patternProperties',
  'properties',
  'requestBodies',
  'responses',
  'schemas',
  'securityDefinitions',
  'securitySchemes',
  'variables',
  'webhooks',
])

/** Keywords whose value is data. `value` is that of an Example Object. */
const dataKeywords: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'example', 'value'])

type Visit = { readonly node: SourceNode; readonly keysAreNames: boolean }

/**
 * Every object of the definition, each once, and reports the references that lead nowhere.
 * @param examplesAreData as in Swagger 2.0, where `examples` are not Example Objects.
 */
export function* reachableObjects(
  root: SourceNode,
  examplesAreData: boolean,
  sources: Sources,
  diagnostics: Diagnostics,
): Generator<ObjectNode> {
  const seen = new Set<SourceNode>()
  const waiting: Visit[] = [{ node: root, keysAreNames: false }]
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    const { node, keysAreNames } = visit
    if (node.kind === 'scalar' || seen.has(node)) continue
    seen.add(node)
    if (node.kind === 'array') {
      for (const item of node.items) waiting.push({ node: item, keysAreNames: false })
      continue
    }
    if (!keysAreNames) yield node
    if (!keysAreNames && referenceOf(node) !== null) {
      const target = follow(node, sources, diagnostics)
      if (target !== null) waiting.push({ node: target, keysAreNames: false })
    }
    for (const [key, { value }] of node.entries) {
      const data = !keysAreNames && (dataKeywords.has(key) || key.startsWith('x-') || isExampleData(key, value, examplesAreData))
      if (!data) waiting.push({ node: value, keysAreNames: !keysAreNames && nameMaps.has(key) })
    }
  }
}

/** JSON Schema's `examples` is a list of data; OpenAPI 3's is a map of Example Objects. */
function isExampleData(key: string, value: SourceNode, examplesAreData: boolean): boolean {
  return key === 'examples' && (examplesAreData || value.kind === 'array')
}
