/** Parses text, and says what the parsers found. */
import { type Diagnostic, Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { parseJson } from '../../../../src/compiler/source/parse-json.ts'
import { parseYaml } from '../../../../src/compiler/source/parse-yaml.ts'
import type { SourceNode } from '../../../../src/compiler/source/source-node.ts'
import { SourceText } from '../../../../src/compiler/source/source-text.ts'

export type Parsed = { readonly node: SourceNode | null; readonly found: readonly Diagnostic[] }

export function json(text: string): Parsed {
  const diagnostics = new Diagnostics()
  return { node: parseJson(new SourceText('file.json', text), diagnostics), found: diagnostics.sorted }
}

export function yaml(text: string): Parsed {
  const diagnostics = new Diagnostics()
  return { node: parseYaml(new SourceText('file.yaml', text), diagnostics), found: diagnostics.sorted }
}

/** The plain value of a node. Objects come as maps, so that no key means anything to the test itself. */
export function plainValue(node: SourceNode | null | undefined): unknown {
  if (node === null || node === undefined) return undefined
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'array') return node.items.map(plainValue)
  return new Map([...node.entries].map(([key, entry]) => [key, plainValue(entry.value)]))
}

/** The value below a node, by keys and indexes. */
export function below(node: SourceNode | null, ...steps: readonly (string | number)[]): SourceNode {
  let at = node
  for (const step of steps) {
    if (at?.kind === 'object') at = at.entries.get(String(step))?.value ?? null
    else if (at?.kind === 'array') at = at.items[Number(step)] ?? null
  }
  if (at === null) throw new Error(`nothing at ${steps.join('/')}`)
  return at
}
