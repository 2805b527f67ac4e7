/** `issuers` of the file that `apiKeys` of postern.yaml names: who signs API keys that are JWTs, as WSO2's are. */
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { defaultClockSkew, readAlgorithms, readClockSkew, readIssuerName } from './issuers.ts'
import { readKeys } from './keys.ts'
import { placedText } from './placed-text.ts'
import { apiKeyIssuerKeys, checkProjectKeys } from './project-keys.ts'
import type { ApiKeyIssuer } from './types/api-key.ts'

export function readApiKeyIssuers(node: SourceNode, sources: Sources, access: NodeAccess): readonly ApiKeyIssuer[] | null {
  const seen = new Map<string, SourceNode>()
  const list = access.array(node)
  return list?.items.map((item) => readIssuer(item, seen, sources, access)).filter((issuer) => issuer !== null) ?? null
}

function readIssuer(node: SourceNode, seen: Map<string, SourceNode>, sources: Sources, access: NodeAccess): ApiKeyIssuer | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, apiKeyIssuerKeys, access)
  const algorithms = access.optional(object, 'algorithms', (value) => readAlgorithms(value, access))
  const issuer = access.required(object, 'issuer', (value) => readIssuerName(value, seen, access))
  const file = access.required(object, 'keys', (value) => placedText(value, access))
  const skew = access.optional(object, 'clockSkew', (value) => readClockSkew(value, access)) ?? defaultClockSkew
  const confined = entry(object, 'validateAllowedAPIs')
  // Only a plain `false` lets a key open what it does not name.
  const isConfined = confined === null || access.boolean(confined) !== false
  if (issuer === null || file === null) return null
  const keys = readKeys(file, algorithms, sources, access.diagnostics)
  return { issuer, keys, clockSkew: skew / 1000, confined: isConfined, at: object.at }
}
