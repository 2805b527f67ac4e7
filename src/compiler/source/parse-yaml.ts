/**
 * Reads YAML 1.2 with its core schema, by the `yaml` library, into nodes with places. What this project adds to the library:
 * - keys are text as they are written (`200`, `true`); a mapping or list as a key is refused;
 * - duplicate keys are found in linear time, and reported with both places;
 * - an alias is the very node that its anchor names: nothing is copied, and what it would be written out is bounded;
 * - merge keys (`<<`) work as in YAML 1.1, as much tooling for OpenAPI does: the mapping's own keys win, then the earlier source. To take
 *   `<<` for an ordinary key would silently drop what somebody merged in, perhaps a `security`;
 * - warnings of the library, such as an unknown tag, are errors, and so is a second document in the file.
 */
import { type Alias, Composer, type CST, type Document, isAlias, isMap, isScalar, isSeq, Lexer, Parser, type YAMLMap } from 'yaml'
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { LocatedArray, LocatedEntry, type LocatedNode, LocatedObject, LocatedScalar, type Spot } from './located-nodes.ts'
import { maximumDepth } from './maximum-depth.ts'
import { addEntry } from './object-keys.ts'
import type { SourceNode } from './source-node.ts'
import { readOrReport, SourceProblem } from './source-problem.ts'
import type { SourceText } from './source-text.ts'

/** How many values a document may have with its aliases written out. */
const maximumExpansion = 1_000_000

/** What the library is given: a few seconds' work. The largest public definitions, of 10 MB, have 1.7 million. */
const maximumLexemes = 2_000_000

/** @returns `null` where the text is not YAML, which is reported: `malformed-yaml`, `file-too-large`, `too-deep` or `too-many-aliases`. */
export function parseYaml(source: SourceText, diagnostics: Diagnostics): SourceNode | null {
  const tokens = readOrReport(diagnostics, () => tokenise(source))
  if (tokens === null) return null
  const options = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, logLevel: 'silent' } as const
  const documents = [...new Composer(options).compose(tokens, true, source.content.length)]
  if (reportProblems(documents, source, diagnostics)) return null
  return readOrReport(diagnostics, () => new YamlConverter(source, diagnostics).node(documents[0]?.contents, null, '', 0))
}

function reportProblems(documents: readonly Document.Parsed[], source: SourceText, diagnostics: Diagnostics): boolean {
  const problems = documents.slice(0, 1).flatMap(({ errors, warnings }) => [...errors, ...warnings])
  for (const { pos, message } of problems) diagnostics.report('malformed-yaml', source.locate(pos[0], '#'), message)
  const second = documents[1]
  if (second === undefined) return problems.length > 0
  diagnostics.report('malformed-yaml', source.locate(second.range[0], '#'), 'a second document begins here', 'A file holds one document.')
  return true
}

/** The library is slow enough, and recursive enough, that size and depth are bounded while it reads. */
function tokenise(source: SourceText): readonly CST.Token[] {
  const tokens: CST.Token[] = []
  const parser = new Parser()
  let lexemes = 0
  for (const lexeme of new Lexer().lex(source.content)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    if (++lexemes > maximumLexemes)
      refuseToken('file-too-large', `the file has over ${maximumLexemes} YAML tokens; JSON may have more`, parser.offset, source)
    if (parser.stack.length > maximumDepth) refuseToken('too-deep', `values are nested deeper than ${maximumDepth}`, parser.offset, source)
  }
  for (const token of parser.end()) tokens.push(token)
  return tokens
}

function refuseToken(code: DiagnosticCode, message: string, offset: number, source: SourceText): never {
  throw new SourceProblem(code, message, { source, parent: null, step: '', offset })
}

/** `node` is null while the anchored value is still being read. */
type Anchor = { node: LocatedNode | null; expansion: number }

class YamlConverter {
  readonly #source: SourceText
  readonly #diagnostics: Diagnostics
  readonly #anchors = new Map<string, Anchor>()
  /** Values so far, each alias counted as what it would be written out. */
  #expansion = 0

  constructor(source: SourceText, diagnostics: Diagnostics) {
    this.#source = source
    this.#diagnostics = diagnostics
  }

  /** @param offset where the value would stand, for one that is left out. */
  node(yaml: unknown, parent: LocatedObject | LocatedArray | null, step: string, offset: number): LocatedNode {
    const spot = { source: this.#source, parent, step, offset: startOf(yaml) ?? offset }
    if (isAlias(yaml)) return this.#alias(yaml, spot)
    const before = this.#expansion++
    const anchor: Anchor = { node: null, expansion: 0 }
    const name = isScalar(yaml) || isMap(yaml) || isSeq(yaml) ? yaml.anchor : undefined
    if (name !== undefined) this.#anchors.set(name, anchor)
    anchor.node = this.#value(yaml, spot)
    anchor.expansion = this.#expansion - before
    return anchor.node
  }

  #value(yaml: unknown, spot: Spot): LocatedNode {
    if (isMap(yaml)) return this.#object(yaml, spot)
    if (isSeq(yaml)) {
      const array = new LocatedArray(spot)
      for (const item of yaml.items) array.items.push(this.node(item, array, String(array.items.length), spot.offset))
      return array
    }
    const value: unknown = isScalar(yaml) ? yaml.value : null
    if (value !== null && typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new SourceProblem('malformed-yaml', 'the value is neither text, number, `true`, `false` nor null', spot)
    }
    return new LocatedScalar(spot, value, (isScalar(yaml) && yaml.range?.[1]) || spot.offset)
  }

  #object(yaml: YAMLMap, spot: Spot): LocatedObject {
    const object = new LocatedObject(spot)
    const merged: LocatedNode[] = []
    for (const { key, value } of yaml.items) {
      const offset = startOf(key) ?? spot.offset
      if (!isScalar(key)) throw new SourceProblem('malformed-yaml', 'a key must be plain text', { ...spot, offset })
      const name = typeof key.value === 'string' ? key.value : this.#source.content.slice(offset, key.range?.[1])
      const node = this.node(value, object, name, offset)
      if (name === '<<' && key.type === 'PLAIN') merged.push(node)
      else addEntry(object, name, new LocatedEntry(object, name, offset, node), this.#diagnostics)
    }
    for (const node of merged) this.#merge(object, node)
    return object
  }

  #merge(object: LocatedObject, from: LocatedNode): void {
    const sources = from.kind === 'array' ? from.items : [from]
    for (const source of sources) {
      if (source.kind !== 'object') {
        throw new SourceProblem('malformed-yaml', 'a merge key (<<) needs a mapping, or a list of mappings', source)
      }
      for (const [name, entry] of source.entries) if (!object.entries.has(name)) object.entries.set(name, entry)
    }
  }

  #alias(yaml: Alias.Parsed | Alias, spot: Spot): LocatedNode {
    const anchor = this.#anchors.get(yaml.source)
    if (anchor === undefined)
      throw new SourceProblem('malformed-yaml', `the alias *${yaml.source.slice(0, 80)} names no anchor before it`, spot)
    if (anchor.node === null) throw new SourceProblem('malformed-yaml', 'the alias stands inside the value that it would repeat', spot)
    this.#expansion += anchor.expansion
    if (this.#expansion > maximumExpansion) {
      throw new SourceProblem('too-many-aliases', `with its aliases written out, the document has over ${maximumExpansion} values`, spot)
    }
    return anchor.node
  }
}

function startOf(yaml: unknown): number | undefined {
  return isAlias(yaml) || isScalar(yaml) || isMap(yaml) || isSeq(yaml) ? yaml.range?.[0] : undefined
}
