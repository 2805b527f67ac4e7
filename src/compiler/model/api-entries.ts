/** `apis` of postern.yaml. */
import { posix } from 'node:path'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import type { AuthorityFiles } from './authorities.ts'
import { readHolderNames } from './certificate-holders.ts'
import { grpcBackend, isProto } from './grpc-backend.ts'
import { placedText } from './placed-text.ts'
import { apiKeys, checkProjectKeys } from './project-keys.ts'
import { holdsSetting, type SettingsCollector } from './setting-text.ts'
import type { Backend } from './types/backend.ts'
import type { Placed } from './types/placed.ts'
import type { ApiEntry } from './types/project-file.ts'
import { readValidateSubscriptions } from './validate-subscriptions.ts'
import { readWrittenBackend, settleBackend } from './written-backend.ts'

export function readApiEntries(
  node: SourceNode,
  sources: Sources,
  settings: SettingsCollector,
  authorities: AuthorityFiles,
  access: NodeAccess,
): readonly ApiEntry[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`apis` must name at least one API')
  return list.items.map((item) => readApiEntry(item, sources, settings, authorities, access)).filter((api) => api !== null)
}

function readApiEntry(
  node: SourceNode,
  sources: Sources,
  settings: SettingsCollector,
  authorities: AuthorityFiles,
  access: NodeAccess,
): ApiEntry | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, apiKeys, access)
  const definition = access.required(object, 'definition', (value) => readDefinition(value, sources, access))
  const isGrpc = definition !== null && isProto(definition.value)
  const backend = (key: string): Placed<Backend> | null => {
    const read = (value: SourceNode): ReturnType<typeof readWrittenBackend> => readWrittenBackend(value, access, authorities)
    const written = access.optional(object, key, (value) => read(isGrpc ? grpcBackend(value, access.diagnostics) : value))
    return written === null ? null : settleBackend(written, `${key} of ${definition?.value ?? 'an API'}`, settings, access.diagnostics)
  }
  const backends = { backend: backend('backend'), sandboxBackend: backend('sandboxBackend') }
  const api = {
    policy: access.optional(object, 'policy', (value) => readPolicyFile(value, access)),
    basePath: access.optional(object, 'basePath', (value) => placedText(value, access)),
    ...backends,
    backendRefused: (['backend', 'sandboxBackend'] as const).some((key) => object.entries.has(key) && backends[key] === null),
    security: readSecurity(object, access),
    validateSubscriptions: readValidateSubscriptions(object, access),
    certificates: access.optional(object, 'certificates', (value) => readHolderNames(value, access)),
    at: object.at,
  }
  return definition === null ? null : { definition, ...api }
}

function readDefinition(node: SourceNode, sources: Sources, access: NodeAccess): Placed<string> | null {
  const definition = placedText(node, access)
  // A setting here is reported with all of the file's texts.
  if (definition === null || holdsSetting(definition.value)) return null
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(definition.value)) return { value: posix.normalize(definition.value), at: definition.at }
  const file = sources.fileOf(definition.value, definition.at)
  return file === null ? null : { value: file, at: definition.at }
}

function readPolicyFile(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const file = placedText(node, access)
  // A setting here is reported with all of the file's texts.
  return file === null || holdsSetting(file.value) ? null : { value: posix.normalize(file.value), at: file.at }
}

function readSecurity(object: ObjectNode, access: NodeAccess): Placed<'token' | 'public'> | null {
  const node = entry(object, 'security')
  const value = node === null ? null : access.oneOf(node, ['token', 'public'])
  return node === null || value === null ? null : { value, at: node.at }
}
