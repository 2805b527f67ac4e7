import { Diagnostics } from '../../../../src/compiler/diagnostics.ts'
import { NodeAccess } from '../../../../src/compiler/source/node-access.ts'
import { parseYaml } from '../../../../src/compiler/source/parse-yaml.ts'
import type { SourceNode } from '../../../../src/compiler/source/source-node.ts'
import { SourceText } from '../../../../src/compiler/source/source-text.ts'

/** YAML as a positioned value, with an accessor that reports to `diagnostics`. */
export function yamlNode(text: string): { node: SourceNode; access: NodeAccess; diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics()
  const node = parseYaml(new SourceText('test.yaml', text), diagnostics)
  if (node === null) throw new Error(`not YAML: ${text}`)
  return { node, access: new NodeAccess(diagnostics, 'invalid-project'), diagnostics }
}

/** Each finding as `line:column code message`. */
export function reported(diagnostics: Diagnostics): readonly string[] {
  return diagnostics.sorted.map(({ at, code, message }) => `${at.line}:${at.column} ${code} ${message}`)
}
