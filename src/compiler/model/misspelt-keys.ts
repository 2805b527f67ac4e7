/**
 * Keys that OpenAPI does not know are left alone in general: real definitions hold many. Those that look like a key by which something
 * is protected or routed are refused, as what was meant would silently not apply: `securty`, or `security` in a Path Item.
 */
import type { Method } from '../../contract/plan/method.ts'
import { nearestName } from '../source/nearest-name.ts'
import type { ObjectNode } from '../source/source-node.ts'
import type { Definition, Level } from './definition.ts'

/** The keys of a Path Item that hold operations. */
export const methods = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  options: 'OPTIONS',
  head: 'HEAD',
  patch: 'PATCH',
  trace: 'TRACE',
} as const satisfies Readonly<Record<string, Method>>

const weighty: Readonly<Record<Level, readonly string[]>> = {
  root: ['paths', 'security', 'components', 'securityDefinitions', 'servers', 'host', 'basePath'],
  path: [...Object.keys(methods), 'parameters', 'servers', '$ref'],
  operation: ['security', 'parameters', 'servers'],
}

/** Known keys that one could take for a slip. */
const harmless: Readonly<Record<Level, readonly string[]>> = {
  root: ['tags', 'info', 'schemes', 'swagger', 'openapi', 'produces', 'consumes'],
  path: ['summary', 'description'],
  operation: ['tags', 'schemes', 'responses', 'produces', 'consumes'],
}

export function checkMisspeltKeys(node: ObjectNode, level: Level, { diagnostics }: Definition): void {
  for (const [key, { keyAt }] of node.entries) {
    if (weighty[level].includes(key) || harmless[level].includes(key) || /^x-/i.test(key)) continue
    if (level === 'path' && nearestName(key, ['security'], 2) !== null) {
      diagnostics.report(
        'invalid-definition',
        keyAt,
        `\`${key}\` has no meaning in a path item`,
        'Write it in each operation, or in the root.',
      )
      continue
    }
    const nearest = nearestName(key, weighty[level], key.length > 4 ? 2 : 1)
    if (nearest === null) continue
    const message = `\`${key.slice(0, 80)}\` is not a key of OpenAPI, and what was meant would not apply`
    diagnostics.report('invalid-definition', keyAt, message, `Did you mean \`${nearest}\`?`)
  }
}
