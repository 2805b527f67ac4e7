/** By what operations are the same in two gateways, and what they are called. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'

/** Clients do not see what the parameters of a path are called. */
export function routeOf({ method, template }: Pick<ManifestOperation, 'method' | 'template'>): string {
  return `${method} ${template.replaceAll(/\{[^{}]*\}/g, '{}')}`
}

export function nameOf({ method, template }: Pick<ManifestOperation, 'method' | 'template'>): string {
  return `${method} ${template}`
}
