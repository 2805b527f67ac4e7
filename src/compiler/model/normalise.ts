/** Joins all that a project consists of: postern.yaml, policies, issuers with their keys, and the definitions. */
import type { Diagnostics } from '../diagnostics.ts'
import { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { readApiKeys } from './api-keys.ts'
import { AuthorityFiles } from './authorities.ts'
import { readExtensions } from './extension-modules.ts'
import { readApi } from './from-openapi.ts'
import { type Policies, readPolicies } from './from-policies.ts'
import { readProtoApi } from './from-proto.ts'
import { isProto } from './grpc-backend.ts'
import { readIssuers } from './issuers.ts'
import type { Project } from './model.ts'
import { passThroughApis } from './pass-through.ts'
import { readProjectFile } from './project-file.ts'
import { readSnapshot } from './revocation-snapshot.ts'
import { SettingsCollector } from './setting-text.ts'
import { readSubscriptionFile } from './subscriptions.ts'
import type { Api } from './types/api.ts'
import type { Placed } from './types/placed.ts'
import type { ProjectFile } from './types/project-file.ts'
import type { Revocation } from './types/revocation.ts'
import { readUsers } from './users.ts'

const defaultPolicies = 'policies.yaml'

/**
 * Reads a whole project. Every part is read even where another one has mistakes, so that one run finds as much as possible.
 * @returns `null` where something is missing that the rules would judge by; the reason has been reported.
 */
export function normalise(sources: Sources, diagnostics: Diagnostics): Project | null {
  const settings = new SettingsCollector()
  const authorities = new AuthorityFiles(sources, diagnostics)
  const file = readProjectFile(sources, settings, authorities, diagnostics)
  if (file === null) return null
  const policies = readAllPolicies(file, sources, diagnostics)
  const issuers = readIssuers(file.issuers, sources, { settings, authorities }, new NodeAccess(diagnostics, 'invalid-project'))
  const apis = readApis(file, { settings, authorities }, sources, diagnostics)
  const keyFile = readEntries(file.apiKeys, (node, access) => readApiKeys(node, sources, access), sources, diagnostics)
  const apiKeys = file.apiKeys === null ? null : (keyFile?.keys ?? [])
  const users = file.users === null ? null : (readEntries(file.users, readUsers, sources, diagnostics) ?? [])
  const revocation = readWholeRevocation(file, sources, diagnostics)
  const subscriptions = readSubscriptionFile(file.subscriptions, sources, diagnostics)
  const extensions = readExtensions(file.extensions, sources, diagnostics)
  if (policies === null || issuers === null) return null
  const { policies: _policies, ...rest } = file
  const all = [...apis, ...passThroughApis(issuers, file)]
  return {
    ...rest,
    apis: all,
    issuers,
    apiKeys,
    apiKeyIssuers: keyFile?.issuers ?? [],
    users,
    subscriptions,
    extensions,
    revocation,
    ...policies,
    settings: settings.settings,
  }
}

function readAllPolicies(file: ProjectFile, sources: Sources, diagnostics: Diagnostics): Policies | null {
  if (file.policies !== null) return readPolicies(file.policies, sources, diagnostics)
  if (!sources.has(defaultPolicies))
    return {
      tiers: new Map(),
      tierGroups: new Map(),
      applicationTiers: new Map(),
      subscriptionTiers: new Map(),
      deny: [],
      customLimits: [],
    }
  return readPolicies({ value: defaultPolicies, at: file.at }, sources, diagnostics)
}

/** `null` where the project does not name such a file, and for one that cannot be read, which is reported: it knows nobody. */
function readEntries<T>(
  file: Placed<string> | null,
  read: (node: SourceNode, access: NodeAccess) => T | null,
  sources: Sources,
  diagnostics: Diagnostics,
): T | null {
  const document = file === null ? null : sources.document(file.value, file.at)
  return document === null ? null : read(document, new NodeAccess(diagnostics, 'invalid-credentials'))
}

function readWholeRevocation({ revocation }: ProjectFile, sources: Sources, diagnostics: Diagnostics): Revocation | null {
  if (revocation === null) return null
  const entries = readEntries(revocation.snapshot, readSnapshot, sources, diagnostics)
  return { ...revocation, snapshot: entries === null ? null : { value: entries, at: revocation.snapshot!.at } }
}

function readApis(
  file: ProjectFile,
  shared: { readonly settings: SettingsCollector; readonly authorities: AuthorityFiles },
  sources: Sources,
  diagnostics: Diagnostics,
): readonly Api[] {
  const { limits, timeouts } = file
  const apis = file.apis.map((entry) => {
    const context = { entry, limits, timeouts, ...shared }
    if (isProto(entry.definition.value)) return readProtoApi(context, sources, diagnostics)
    const definition = sources.document(entry.definition.value, entry.definition.at)
    return definition === null ? null : readApi(definition, context, sources, diagnostics)
  })
  return apis.filter((api) => api !== null)
}
