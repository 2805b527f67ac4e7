/**
 * The file that says what protects the methods of a .proto file: `security`, `scopes` and the keys of `x-postern`, for all of them, for a
 * service and for a method; the nearer one wins, key by key.
 */
import type { Diagnostics } from '../diagnostics.ts'
import { nearestName } from '../source/nearest-name.ts'
import { entry, NodeAccess } from '../source/node-access.ts'
import type { ProtoFile, ProtoService } from '../source/proto-file.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { Level } from './definition.ts'
import { posternKeys } from './x-postern.ts'

/** The mappings of the file by what they are for; `null` where it has none. */
export type MethodPolicies = {
  readonly root: ObjectNode | null
  readonly service: (name: string) => ObjectNode | null
  readonly method: (service: string, name: string) => ObjectNode | null
}

/** @param root the document; `null` where the project names none. */
export function readMethodPolicies(root: ObjectNode | null, file: ProtoFile, diagnostics: Diagnostics): MethodPolicies {
  const access = new NodeAccess(diagnostics, 'invalid-extension')
  const services = new Map<string, ObjectNode>()
  const methods = new Map<string, ObjectNode>()
  if (root !== null) {
    access.checkKeys(root, ['title', 'version', 'services', ...policyKeys('root')])
    const named = access.optional(root, 'services', (node) => access.object(node))
    const prefix = file.package === '' ? '' : `${file.package}.`
    const known = new Map(file.services.flatMap((service) => [[service.name, service] as const, [prefix + service.name, service] as const]))
    for (const [service, node] of members(named, known, 'service')) {
      if (services.has(service.name)) access.refuse(node, `the service \`${service.name}\` stands twice, with and without its package`)
      services.set(service.name, node)
      readService(service, node)
    }
  }
  return {
    root,
    service: (name) => services.get(name) ?? null,
    method: (service, name) => methods.get(`${service}/${name}`) ?? null,
  }

  function readService(service: ProtoService, node: ObjectNode): void {
    access.checkKeys(node, ['methods', ...policyKeys('path')])
    const named = access.optional(node, 'methods', (value) => access.object(value))
    for (const [method, own] of members(named, new Map(service.methods.map((each) => [each.name, each])), 'method')) {
      access.checkKeys(own, policyKeys('operation'))
      methods.set(`${service.name}/${method.name}`, own)
    }
  }

  /** The members that the .proto file knows; any other protects nothing. */
  function* members<Known>(
    node: ObjectNode | null,
    known: ReadonlyMap<string, Known>,
    what: string,
  ): Generator<readonly [Known, ObjectNode]> {
    for (const [name, { keyAt, value }] of node?.entries ?? []) {
      const found = known.get(name)
      if (found === undefined) {
        const hint = (): string => {
          const nearest = nearestName(name, known.keys())
          return nearest === null ? `Its ${what}s: ${[...known.keys()].slice(0, 20).join(', ')}.` : `Did you mean \`${nearest}\`?`
        }
        diagnostics.report('unknown-key', keyAt, `the .proto file has no ${what} \`${name.slice(0, 80)}\``, hint)
        continue
      }
      const object = access.object(value)
      if (object !== null) yield [found, object]
    }
  }
}

/** Said by `security` here. */
const saidOtherwise = ['public', 'upgrade']

/** Keys of `x-postern` that may stand at a level. */
export function posternKeysAt(level: Level): readonly string[] {
  return [...posternKeys].flatMap(([key, { levels }]) => (levels.includes(level) && !saidOtherwise.includes(key) ? [key] : []))
}

function policyKeys(level: Level): readonly string[] {
  return ['security', 'scopes', ...posternKeysAt(level)]
}

/** `title` and `version` of the API. */
export function policyText(root: ObjectNode | null, key: 'title' | 'version', access: NodeAccess): string | null {
  const node = root === null ? null : entry(root, key)
  return node === null ? null : node.kind === 'scalar' && typeof node.value === 'number' ? node.text : access.text(node)
}
