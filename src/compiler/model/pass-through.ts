/**
 * `passThrough` of an issuer: endpoints of its key manager that clients reach through the gateway. They become an API of their own, which
 * nobody wrote a definition for.
 */

import type { Method } from '../../contract/plan/method.ts'
import type { KeyManagerEndpoint } from '../../contract/plan/operation.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { canonicalBasePath } from './base-path.ts'
import type { SharedFiles } from './fetched-keys.ts'
import { noCapacities, noHardLimits } from './hard-limits.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, passThroughKeys } from './project-keys.ts'
import { nothingTold } from './told-identity.ts'
import type { Api } from './types/api.ts'
import type { Backend } from './types/backend.ts'
import type { Issuer, PassThrough } from './types/issuer.ts'
import type { Operation } from './types/operation.ts'
import type { Placed } from './types/placed.ts'
import type { ProjectFile } from './types/project-file.ts'
import { readWrittenBackend, settleBackend } from './written-backend.ts'

const endpoints = ['token', 'revoke', 'authorize', 'userinfo'] as const satisfies readonly KeyManagerEndpoint[]

/** What clients use: RFC 6749 §3.1 and §3.2, RFC 7009 §2.1, OpenID Connect Core §3.1.2.1 and §5.3.1. */
const methods: Readonly<Record<KeyManagerEndpoint, readonly Method[]>> = {
  token: ['POST'],
  revoke: ['POST'],
  authorize: ['GET', 'POST'],
  userinfo: ['GET', 'POST'],
}

/** Bytes: these requests are forms. */
const maxBody = 64 * 1024

export function readPassThrough(
  node: SourceNode,
  issuer: string,
  { settings, authorities }: SharedFiles,
  access: NodeAccess,
): PassThrough | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, passThroughKeys, access)
  const basePath = access.optional(object, 'basePath', (value) => readBasePath(value, access))
  const read = (endpoint: KeyManagerEndpoint): PassThrough['endpoints'] => {
    const backend = readEndpoint(object, endpoint, `${endpoint} endpoint of ${issuer}`, { settings, authorities }, access)
    return backend === null ? [] : [{ endpoint, backend }]
  }
  if (endpoints.every((endpoint) => entry(object, endpoint) === null))
    return access.refuse(object, '`passThrough` names no endpoint', `Give the URL of one: ${endpoints.join(', ')}.`)
  return { basePath: basePath ?? { value: '', at: object.at }, endpoints: endpoints.flatMap(read), at: object.at }
}

function readBasePath(node: SourceNode, access: NodeAccess): Placed<string> | null {
  const path = placedText(node, access)
  if (path === null) return null
  const canonical = canonicalBasePath(path.value)
  return 'text' in canonical ? { value: canonical.text, at: path.at } : access.refuse(node, `the base path ${canonical.problem}`)
}

function readEndpoint(
  object: ObjectNode,
  endpoint: KeyManagerEndpoint,
  usedFor: string,
  { settings, authorities }: SharedFiles,
  access: NodeAccess,
): Placed<Backend> | null {
  const written = access.optional(object, endpoint, (value) => readWrittenBackend(value, access, authorities))
  return written === null ? null : settleBackend(written, usedFor, settings, access.diagnostics)
}

/** An API for each issuer whose key manager is passed on to. */
export function passThroughApis(issuers: readonly Issuer[], { version, timeouts }: ProjectFile): readonly Api[] {
  return issuers.flatMap(({ issuer, passThrough }, index) => {
    if (passThrough === null) return []
    const { at, basePath } = passThrough
    const operations = passThrough.endpoints.flatMap(({ endpoint, backend }) =>
      methods[endpoint].map(
        (method): Operation => ({
          method,
          template: `/${endpoint}`,
          path: [{ kind: 'literal', text: endpoint }],
          parameters: [],
          operationId: null,
          at: backend.at,
          security: { kind: 'public', at },
          issuers: null,
          certificates: null,
          throttle: null,
          production: backend,
          sandbox: null,
          backendRefused: false,
          maxBody: { value: maxBody, at: null },
          answerTimeout: timeouts.answer,
          exchangeTimeout: timeouts.exchange,
          idle: null,
          upgrade: null,
          cors: null,
          identity: nothingTold,
          onStale: null,
          keyManager: { endpoint, issuer: index },
        }),
      ),
    )
    const api: Api = {
      title: `Key manager of ${issuer}`,
      version,
      definition: at.file,
      at,
      basePath,
      throttle: null,
      hardLimits: noHardLimits,
      capacities: noCapacities,
      concurrency: null,
      rootRequirements: [],
      mutualTls: null,
      transport: null,
      validateSubscriptions: null,
      operations,
    }
    return [api]
  })
}
