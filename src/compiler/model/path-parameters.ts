/** Holds the parameters of a path template against those that are declared with `in: path`. */
import type { Location } from '../source/location.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ArrayNode, ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'

/** Each name with its item of `parameters`. `complete` is false where one could not be read: what is missing then proves nothing. */
type Declared = { readonly names: ReadonlyMap<string, SourceNode>; readonly complete: boolean }

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
  let complete = true
  const list = access.optional(holder, 'parameters', (node) => readList(node, access))
  for (const item of list?.items ?? []) {
    const target = follow(item)
    const parameter = target === null ? null : access.object(target)
    const place = parameter === null ? null : access.required(parameter, 'in', (node) => access.text(node))
    const name = parameter === null ? null : access.required(parameter, 'name', (node) => access.text(node))
    if (place === null || name === null) complete = false
    else if (place === 'path') names.set(name, item)
  }
  return { names, complete: complete && (list !== null || entry(holder, 'parameters') === null) }
}

function readList(node: SourceNode, access: NodeAccess): ArrayNode | null {
  const list = access.array(node)
  const tooLong = list !== null && list.items.length > maximumParameters
  return tooLong ? access.refuse(node, `there are over ${maximumParameters} parameters`) : list
}
