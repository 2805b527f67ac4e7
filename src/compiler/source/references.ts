/** Follows `$ref`: JSON Pointers (RFC 6901) into the same file or another file of the project, never to the network. */
import path from 'node:path'
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { parsePointer, percentDecode } from './json-pointer.ts'
import type { ScalarNode, SourceNode } from './source-node.ts'
import type { Sources } from './sources.ts'

/** References that lead to references: a chain this long is taken for a cycle. */
const longestChain = 20

/** The `$ref` of a reference object, or `null` for anything else: a property may be called `$ref`, but then its value is no text. */
export function referenceOf(node: SourceNode): ScalarNode | null {
  if (node.kind !== 'object') return null
  const target = node.entries.get('$ref')?.value
  return target?.kind === 'scalar' && typeof target.value === 'string' ? target : null
}

/**
 * The value that stands at the end of a chain of references; a node that is no reference is its own value.
 * @returns `null` where there is none, which is reported: `unresolved-ref`, `cyclic-ref`, `remote-ref`, or what is wrong with the file.
 */
export function follow(node: SourceNode, sources: Sources, diagnostics: Diagnostics): SourceNode | null {
  let current = node
  for (let length = 0; length < longestChain; length++) {
    const reference = referenceOf(current)
    if (reference === null) return isUnreadable(current, diagnostics) ? null : current
    const target = targetOf(reference, sources, diagnostics)
    if (target === null) return null
    current = target
  }
  const first = referenceOf(node) ?? node
  diagnostics.report('cyclic-ref', first.at, `the $ref leads only to other $refs; over ${longestChain} were followed`)
  return null
}

/** Where a reference may stand, a `$ref` that is no text cannot be left alone: what it was to lead to would be lost. */
function isUnreadable(node: SourceNode, diagnostics: Diagnostics): boolean {
  const reference = node.kind === 'object' ? node.entries.get('$ref')?.value : undefined
  if (reference === undefined) return false
  diagnostics.report('unresolved-ref', reference.at, '`$ref` must be text')
  return true
}

/** What one reference points to, which may be a reference again. */
function targetOf(reference: ScalarNode, sources: Sources, diagnostics: Diagnostics): SourceNode | null {
  const [address = '', fragment = ''] = splitOnce(reference.text, '#')
  const root = address === '' ? rootOf(reference) : documentAt(address, reference, sources, diagnostics)
  if (root === null) return null
  if (fragment !== '' && !fragment.startsWith('/') && !fragment.startsWith('%')) {
    return sources.anchors(root).get(fragment) ?? refuse('unresolved-ref', reference, `names no anchor of ${root.file}`, diagnostics)
  }
  const steps = parsePointer(fragment)
  if (steps === null) return refuse('unresolved-ref', reference, 'is not a JSON Pointer', diagnostics)
  let target: SourceNode = root
  for (const step of steps) {
    const next = below(target, step)
    if (next === null) return refuse('unresolved-ref', reference, `points to nothing: there is no \`${step.slice(0, 80)}\``, diagnostics)
    target = next
  }
  return target
}

function documentAt(address: string, reference: ScalarNode, sources: Sources, diagnostics: Diagnostics): SourceNode | null {
  const base = sources.addressOf(reference.file)
  if (base !== null) return remoteDocumentAt(address, base, reference, sources, diagnostics)
  if (/^(?:[a-z][a-z0-9+.-]*:|\/\/)/i.test(address)) return refuse('remote-ref', reference, 'is not a path inside the project', diagnostics)
  const decoded = percentDecode(address)
  if (decoded === null) return refuse('unresolved-ref', reference, 'is badly percent-encoded', diagnostics)
  const file = decoded.startsWith('/') ? decoded : path.posix.join(path.posix.dirname(reference.file), decoded)
  if (!sources.has(file)) return refuse('unresolved-ref', reference, 'names a file that does not exist', diagnostics)
  return sources.document(file, reference.at)
}

/** A document on the network may refer to others of its own origin, so that nobody but the project's author says who is asked. */
function remoteDocumentAt(
  address: string,
  base: string,
  reference: ScalarNode,
  sources: Sources,
  diagnostics: Diagnostics,
): SourceNode | null {
  const url = URL.canParse(address, base) ? new URL(address, base) : null
  if (url === null || url.origin !== new URL(base).origin)
    return refuse('remote-ref', reference, `leads away from ${new URL(base).origin}`, diagnostics)
  const file = sources.fileOf(url.href, reference.at)
  return file === null ? null : sources.document(file, reference.at)
}

function rootOf(node: SourceNode): SourceNode {
  let root = node
  while (root.parent !== null) root = root.parent
  return root
}

function below(node: SourceNode, step: string): SourceNode | null {
  if (node.kind === 'object') return node.entries.get(step)?.value ?? null
  if (node.kind === 'array' && /^(?:0|[1-9][0-9]{0,8})$/.test(step)) return node.items[Number(step)] ?? null
  return null
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function refuse(code: DiagnosticCode, reference: ScalarNode, problem: string, diagnostics: Diagnostics): null {
  diagnostics.report(code, reference.at, `\`$ref: ${reference.text.slice(0, 200)}\` ${problem}`)
  return null
}
