/** Backends of gRPC methods: HTTP/2, whether or not that is said. */
import type { Diagnostics } from '../diagnostics.ts'
import { madeEntry, madeObject, madeText } from '../source/made-nodes.ts'
import { entry } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'

/** Whether a definition is a .proto file, and so describes a gRPC API. */
export function isProto(definition: string): boolean {
  return /\.proto$/i.test(definition)
}

/** The backend as it is written, URL or object, with `http: 2`; `http: 1.1` is reported. */
export function grpcBackend(node: SourceNode, diagnostics: Diagnostics): SourceNode {
  if (node.kind === 'array') return node
  const http = madeEntry(madeText(node.at, '2'))
  if (node.kind === 'scalar') {
    return madeObject(node.at, [
      ['url', madeEntry(node)],
      ['http', http],
    ])
  }
  const said = entry(node, 'http')
  if (said?.kind === 'scalar' && said.text === '1.1') {
    diagnostics.report('invalid-backend', said.at, 'gRPC needs a backend that speaks HTTP/2', 'Remove `http`, or write `http: 2`.')
  }
  return said === null ? { ...node, file: node.file, at: node.at, entries: new Map([...node.entries, ['http', http]]) } : node
}
