/** A request for an operation, as far as its path goes: one that leads to it and to no other. */

import { canonicalPathText } from '../../compiler/model/path-text.ts'
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { matchRequest } from '../match-request.ts'

/** What may stand in the place of a parameter; a literal sibling takes the first of some templates for itself. */
const values = ['selftest', '7', 'Xy-7', 'a.b', '0000']

/** `null` where every example leads to another operation. */
export function examplePath({ method, template, id, api }: ManifestOperation, operations: readonly ManifestOperation[]): string | null {
  for (const value of values) {
    const path = template.replaceAll(/\{[^{}]*\}/g, value)
    const match = matchRequest(method, path, operations)
    if (match.kind === 'operation' && match.operation.id === id && match.operation.api === api) return path
  }
  return null
}

/** A method that the path does not have. OPTIONS is left to browsers, and HEAD to what answers GET. */
export function unknownMethod(path: string, operations: readonly ManifestOperation[]): string | null {
  const methods = ['DELETE', 'PATCH', 'PUT', 'POST', 'GET', 'TRACE']
  return methods.find((method) => matchRequest(method, path, operations).kind === 'no-method') ?? null
}

/** The canonical path behind the API's own, as the backend gets it. The endpoints of key managers have addresses of their own. */
export function backendTarget({ api, template, keyManager }: ManifestOperation, path: string, { apis }: Manifest): string {
  if (keyManager !== null) return ''
  const fitting = apis.filter(({ name, basePath }) => name === api && template.startsWith(basePath))
  const [longest] = fitting.toSorted((one, other) => other.basePath.length - one.basePath.length)
  const canonical = canonicalPathText(path)
  return canonical.kind === 'refused' ? path : canonical.text.slice(longest?.basePath.length ?? 0)
}
