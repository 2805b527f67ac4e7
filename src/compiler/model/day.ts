/** A day of the calendar, `YYYY-MM-DD`. */
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

/** `name`: of the key, for the message. */
export function readDay(node: SourceNode, name: string, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  const exists = day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  return exists ? text : access.refuse(node, `\`${name}\` must be a day`, 'Write for example `2027-06-30`.')
}
