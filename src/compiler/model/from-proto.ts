/**
 * Reads a .proto file with its policy file into the model. It is written as the OpenAPI document that it stands for, and read like any
 * other: a service is a level like a path, a method an operation `POST /package.Service/Method`. So every rule holds for it as well.
 */
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { madeEntry, madeObject, madeText } from '../source/made-nodes.ts'
import { entry, NodeAccess } from '../source/node-access.ts'
import type { MethodStreams, ProtoFile, ProtoMethod, ProtoService } from '../source/proto-file.ts'
import type { ObjectEntry, ObjectNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import type { ApiContext, Dialect, Level } from './definition.ts'
import { readDefinition } from './from-openapi.ts'
import { grpcBackend } from './grpc-backend.ts'
import { type MethodPolicies, policyText, posternKeysAt, readMethodPolicies } from './method-policy.ts'
import { declaredSchemes, type LevelSecurity, methodRequirements, readLevelSecurity } from './method-security.ts'
import { openapi3 } from './openapi-3.ts'
import { checkImports } from './proto-imports.ts'
import { streamingOperation } from './streaming-operation.ts'
import type { Api } from './types/api.ts'
import { readWso2Options, type Wso2Options } from './wso2-options.ts'

/** It says nothing of servers. */
const grpc: Dialect = { ...openapi3, name: 'gRPC', foreignKeys: [], server: () => null }

/** What is wrong is reported and left out. `null` where a file cannot be read. */
export function readProtoApi(context: ApiContext, sources: Sources, diagnostics: Diagnostics): Api | null {
  const { definition, policy, basePath } = context.entry
  const file = sources.proto(definition.value, definition.at)
  const document = policy === null ? null : sources.document(policy.value, policy.at)
  const access = new NodeAccess(diagnostics, 'invalid-extension')
  const root = document === null ? null : access.object(document)
  if (file === null || (policy !== null && root === null)) return null
  if (basePath !== null) {
    const hint = 'Remove `basePath`: clients call `/package.Service/Method`.'
    diagnostics.report('invalid-project', basePath.at, 'a gRPC API has no base path', hint)
  }
  checkImports(file, sources, diagnostics)
  const writer = new Writer(file, readMethodPolicies(root, file, diagnostics), access)
  const project = { ...context, entry: { ...context.entry, basePath: null } }
  const api = readDefinition(writer.document(), grpc, project, sources, diagnostics)
  return {
    ...api,
    operations: api.operations.map((operation) => streamingOperation(operation, writer.streams.get(operation.template)!, context)),
  }
}

/** Writes the document. */
class Writer {
  /** By path. */
  readonly streams = new Map<string, MethodStreams>()
  readonly #file: ProtoFile
  readonly #policies: MethodPolicies
  readonly #access: NodeAccess

  constructor(file: ProtoFile, policies: MethodPolicies, access: NodeAccess) {
    this.#file = file
    this.#policies = policies
    this.#access = access
  }

  document(): ObjectNode {
    const at = this.#place(0, '#')
    const { root } = this.#policies
    const security = readLevelSecurity(root, null, this.#access)
    const paths = this.#file.services.flatMap((service) => this.#service(service, security))
    return madeObject(at, [
      ['info', madeEntry(this.#info(at))],
      ['components', madeEntry(madeObject(at, [['securitySchemes', madeEntry(declaredSchemes(at))]]))],
      ['x-postern', this.#postern(root, null, 'root')],
      ['paths', madeEntry(madeObject(at, paths))],
    ])
  }

  /** Without a title, the package is one; two files of a package then need titles. */
  #info(at: Location): ObjectNode {
    const { root } = this.#policies
    const { package: name, source } = this.#file
    const title = policyText(root, 'title', this.#access) ?? (name === '' ? source.file.replace(/^.*\/|\.proto$/gi, '') : name)
    const version = policyText(root, 'version', this.#access) ?? /(?:^|\.)(v\d\w*)$/.exec(name)?.[1] ?? '1.0.0'
    return madeObject(at, [
      ['title', madeEntry(madeText(at, title))],
      ['version', madeEntry(madeText(at, version))],
    ])
  }

  #service(service: ProtoService, above: LevelSecurity): readonly (readonly [string, ObjectEntry])[] {
    const fullName = this.#file.package === '' ? service.name : `${this.#file.package}.${service.name}`
    const pointer = `#/${fullName}`
    const at = this.#place(service.offset, pointer)
    const policy = this.#policies.service(service.name)
    const options = this.#options(service, 'service', pointer)
    const levels = [readLevelSecurity(policy, options, this.#access), above]
    const postern = this.#postern(policy, options, 'path')
    return service.methods.map((method) => {
      const template = `/${fullName}/${method.name}`
      this.streams.set(template, method.streams)
      const place = this.#place(method.offset, `${pointer}/${method.name}`)
      const operation = this.#method(method, this.#policies.method(service.name, method.name), levels, place)
      const item = madeObject(at, [
        ['x-postern', postern],
        ['post', madeEntry(operation, place)],
      ])
      return [template, madeEntry(item, place)]
    })
  }

  #method(method: ProtoMethod, policy: ObjectNode | null, above: readonly LevelSecurity[], at: Location): ObjectNode {
    const options = this.#options(method, 'method', at.pointer)
    const security = methodRequirements([readLevelSecurity(policy, options, this.#access), ...above])
    return madeObject(at, [
      ['operationId', madeEntry(madeText(at, at.pointer.slice('#/'.length)))],
      ['security', security === null ? null : madeEntry(security)],
      ['x-postern', this.#postern(policy, options, 'operation')],
    ])
  }

  /** What policy file and options say at one level, under the keys of `x-postern`. */
  #postern(policy: ObjectNode | null, options: Wso2Options | null, level: Level): ObjectEntry | null {
    const { diagnostics } = this.#access
    const said = new Map<string, ObjectEntry>()
    for (const key of policy === null ? [] : posternKeysAt(level)) {
      const own = policy?.entries.get(key)
      if (own !== undefined) said.set(key, own)
    }
    for (const key of ['backend', 'sandboxBackend', 'throttle'] as const) {
      const option = options?.[key] ?? null
      const own = said.get(key)
      if (option !== null && own !== undefined && namedBy(own) !== option.value) {
        diagnostics.report('conflicting-extensions', option.at, `the option and the policy file say different things about \`${key}\``)
      }
      if (option !== null && own === undefined) said.set(key, madeEntry(madeText(option.at, option.value)))
    }
    for (const key of ['backend', 'sandboxBackend']) {
      const own = said.get(key)
      if (own !== undefined) said.set(key, { keyAt: own.keyAt, value: grpcBackend(own.value, diagnostics) })
    }
    const [first] = said.values()
    return first === undefined ? null : madeEntry(madeObject(policy?.at ?? first.keyAt, said))
  }

  #options({ options }: ProtoService | ProtoMethod, level: 'service' | 'method', pointer: string): Wso2Options {
    return readWso2Options(options, level, { file: this.#file, pointer, diagnostics: this.#access.diagnostics })
  }

  #place(offset: number, pointer: string): Location {
    return this.#file.source.locate(offset, pointer)
  }
}

/** The URL of a backend or the name of a tier, alone or in a mapping. */
function namedBy({ value }: ObjectEntry): string | null {
  const named = value.kind === 'object' ? (entry(value, 'url') ?? entry(value, 'tier')) : value
  return named?.kind === 'scalar' ? named.text : null
}
