/** Parameters that a definition declares. Those with `in: path` are held against the path template; the others are what clients may send beside it. */
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ArrayNode, ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import type { Parameter } from './types/operation.ts'

/**
 * Each name in paths with its item of `parameters`, and the others. `complete` is false where one could not be read: what is missing then
 * proves nothing.
 */
type Declared = {
  readonly names: ReadonlyMap<string, SourceNode>
  readonly others: readonly Parameter[]
  readonly complete: boolean
}

type PathItem = {
  readonly template: string
  readonly parameters: ReadonlySet<string>
  readonly node: ObjectNode
  readonly operations: readonly { readonly node: ObjectNode; readonly at: Location }[]
}

/** Many paths may refer to one Path Item, so its length multiplies. */
const maximumParameters = 500

export class PathParameters {
  readonly #definition: Definition
  readonly #declared = new Map<ObjectNode, Declared>()
  readonly #unused = new Set<SourceNode>()

  constructor(definition: Definition) {
    this.#definition = definition
  }

  check({ template, parameters, node, operations }: PathItem): void {
    const shared = this.#declaredIn(node)
    this.#reportUnused(shared, parameters, template)
    for (const operation of operations) {
      const own = this.#declaredIn(operation.node)
      this.#reportUnused(own, parameters, template)
      if (!shared.complete || !own.complete) continue
      for (const name of parameters) {
        if (own.names.has(name) || shared.names.has(name)) continue
        const message = `${template} has the parameter \`${name.slice(0, 80)}\`, which is not declared`
        this.#definition.diagnostics.report('undeclared-path-parameter', operation.at, message)
      }
    }
  }

  /** What an operation declares beside its path: what the path item says for all holds where the operation does not say it itself. */
  beside(pathItem: ObjectNode, operation: ObjectNode): readonly Parameter[] {
    const [shared, own] = [this.#declaredIn(pathItem).others, this.#declaredIn(operation).others]
    if (own.length === 0) return shared
    return [...shared.filter((each) => !own.some((other) => other.in === each.in && other.name === each.name)), ...own]
  }

  #reportUnused({ names }: Declared, parameters: ReadonlySet<string>, template: string): void {
    for (const [name, node] of names) {
      if (parameters.has(name) || this.#unused.has(node)) continue
      this.#unused.add(node)
      this.#definition.diagnostics.report('unused-path-parameter', node.at, `${template} has no parameter \`${name.slice(0, 80)}\``)
    }
  }

  #declaredIn(holder: ObjectNode): Declared {
    const known = this.#declared.get(holder) ?? readDeclared(holder, this.#definition)
    this.#declared.set(holder, known)
    return known
  }
}

function readDeclared(holder: ObjectNode, { access, follow }: Definition): Declared {
  const names = new Map<string, SourceNode>()
  const others: Parameter[] = []
  let complete = true
  const list = access.optional(holder, 'parameters', (node) => readList(node, access))
  for (const item of list?.items ?? []) {
    const target = follow(item)
    const parameter = target === null ? null : access.object(target)
    const place = parameter === null ? null : access.required(parameter, 'in', (node) => access.text(node))
    const name = parameter === null ? null : access.required(parameter, 'name', (node) => access.text(node))
    if (place === null || name === null) complete = false
    else if (place === 'path') names.set(name, item)
    else if (isPlace(place))
      others.push({ in: place, name: place === 'body' ? '' : name, required: isRequired(parameter!), at: parameter!.at })
  }
  return { names, others, complete: complete && (list !== null || entry(holder, 'parameters') === null) }
}

const places: readonly Parameter['in'][] = ['query', 'header', 'cookie', 'body', 'formData']

function isPlace(text: string): text is Parameter['in'] {
  return places.some((place) => place === text)
}

/** The body of OpenAPI 3, as the parameter that it is in Swagger 2.0. */
export function bodyParameter(operation: ObjectNode, { follow }: Definition): Parameter | null {
  const written = entry(operation, 'requestBody')
  const body = written === null ? null : follow(written)
  return body?.kind === 'object' ? { in: 'body', name: '', required: isRequired(body), at: body.at } : null
}

/** Anything but `true` is no: nothing is enforced by it. */
function isRequired(node: ObjectNode): boolean {
  const required = entry(node, 'required')
  return required?.kind === 'scalar' && required.value === true
}

function readList(node: SourceNode, access: NodeAccess): ArrayNode | null {
  const list = access.array(node)
  const tooLong = list !== null && list.items.length > maximumParameters
  return tooLong ? access.refuse(node, `there are over ${maximumParameters} parameters`) : list
}
