/** Structures as YAML, for files that people go on with. */
import { stringify } from 'yaml'
import type { Json } from '../plan/canonical.ts'

export function yamlText(value: Json): string {
  return stringify(value, { lineWidth: 0 })
}
