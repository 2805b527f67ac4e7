/** `waivers` of postern.yaml: rules that are knowingly not followed, each at a place, with a reason and an end. */
import { type DiagnosticCode, diagnosticCodes } from '../diagnostic-codes.ts'
import { parsePointer } from '../source/json-pointer.ts'
import { nearestName } from '../source/nearest-name.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import { readDay } from './day.ts'
import { checkProjectKeys, waiverKeys } from './project-keys.ts'
import type { Waiver } from './types/waiver.ts'

export function readWaivers(node: SourceNode, access: NodeAccess): readonly Waiver[] | null {
  return (
    access
      .array(node)
      ?.items.map((item) => readWaiver(item, access))
      .filter((waiver) => waiver !== null) ?? null
  )
}

function readWaiver(node: SourceNode, access: NodeAccess): Waiver | null {
  const object = access.object(node)
  if (object === null) return null
  checkProjectKeys(object, waiverKeys, access)
  const rule = access.required(object, 'rule', (value) => readRule(value, access))
  const pointer = access.required(object, 'at', (value) => readPointer(value, access))
  const reason = access.required(object, 'reason', (value) => readReason(value, access))
  const until = access.required(object, 'until', (value) => readDay(value, 'until', access))
  if (rule === null || pointer === null || reason === null || until === null) return null
  return { rule, pointer, reason, until, at: object.at }
}

function readRule(node: SourceNode, access: NodeAccess): DiagnosticCode | null {
  const rule = access.text(node)
  if (rule === null) return null
  if (!isCode(rule)) {
    const nearest = nearestName(rule, Object.keys(diagnosticCodes))
    return access.refuse(node, `there is no rule \`${rule.slice(0, 80)}\``, nearest === null ? undefined : `Did you mean \`${nearest}\`?`)
  }
  if (diagnosticCodes[rule].waivable) return rule
  access.diagnostics.report('waiver-not-allowed', node.at, `\`${rule}\` cannot be waived`)
  return null
}

function isCode(text: string): text is DiagnosticCode {
  return Object.hasOwn(diagnosticCodes, text)
}

function readPointer(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  if (text === null) return null
  const fragment = text.indexOf('#')
  if (fragment !== -1 && parsePointer(text.slice(fragment + 1)) !== null) return text
  return access.refuse(node, '`at` must be a JSON Pointer', 'Write for example `#/paths/~1pets` or `petstore.yaml#/paths/~1pets`.')
}

function readReason(node: SourceNode, access: NodeAccess): string | null {
  const text = access.text(node)
  return text === null || text.trim() !== '' ? text : access.refuse(node, '`reason` must say why the rule is not followed')
}
