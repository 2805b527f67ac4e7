/** The tokens of a .proto file, each with its offset. Brackets match, and nest no deeper than anybody honest writes them. */
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import { SourceProblem } from './source-problem.ts'
import type { SourceText } from './source-text.ts'

export type ProtoToken = {
  /** `text`: what stands between the quotes of a string, its escapes as they are written. */
  readonly kind: 'word' | 'text' | 'sign'
  readonly text: string
  readonly offset: number
}

/** The largest public files have 200,000. */
const maximumTokens = 1_000_000
const maximumDepth = 100
const closing: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
  ['(', ')'],
])

/** Characters of a string. */
const longestText = 65_536

const space = /[ \t\r\n\f\v]+/y
const word = /[A-Za-z0-9_.+-]+/y
const sign = /[{}()[\]<>;,=:/]/y

/** Throws a SourceProblem where a bound is crossed or something is no token. */
export function readProtoTokens(source: SourceText): readonly ProtoToken[] {
  const { content } = source
  const tokens: ProtoToken[] = []
  const brackets = new Brackets(source)
  for (let offset = skipSpace(source, 0); offset < content.length; offset = skipSpace(source, offset)) {
    const token = readToken(source, offset)
    tokens.push(token)
    if (tokens.length > maximumTokens) refuse(source, 'file-too-large', `the file has over ${maximumTokens} tokens`, offset)
    if (token.kind === 'sign') brackets.take(token)
    offset += token.kind === 'text' ? token.text.length + 2 : token.text.length
  }
  brackets.end()
  return tokens
}

/** The offset behind white space and comments. A byte order mark was taken away with the file's bytes. */
function skipSpace(source: SourceText, start: number): number {
  const { content } = source
  let offset = start
  for (;;) {
    offset += matchAt(space, content, offset).length
    if (content.startsWith('//', offset)) {
      const end = content.indexOf('\n', offset)
      offset = end === -1 ? content.length : end
    } else if (content.startsWith('/*', offset)) {
      const end = content.indexOf('*/', offset + 2)
      if (end === -1) refuse(source, 'malformed-proto', 'the comment has no end', offset)
      offset = end + 2
    } else return offset
  }
}

function readToken(source: SourceText, offset: number): ProtoToken {
  const { content } = source
  const name = matchAt(word, content, offset)
  if (name !== '') return { kind: 'word', text: name, offset }
  const quote = content[offset] ?? ''
  if (quote === '"' || quote === "'") return { kind: 'text', text: readText(source, offset, quote), offset }
  const single = matchAt(sign, content, offset)
  if (single !== '') return { kind: 'sign', text: single, offset }
  refuse(source, 'malformed-proto', 'the character is none of the language', offset)
}

/** What stands between the quotes. */
function readText(source: SourceText, start: number, quote: string): string {
  const { content } = source
  for (let at = start + 1; at < content.length && content[at] !== '\n'; at++) {
    if (content[at] === quote) return content.slice(start + 1, at)
    if (content[at] === '\\' && content[at + 1] !== '\n') at++
    if (at - start > longestText) refuse(source, 'file-too-large', `a string has over ${longestText} characters`, start)
  }
  refuse(source, 'malformed-proto', 'the string has no end in its line', start)
}

function matchAt(pattern: RegExp, content: string, offset: number): string {
  pattern.lastIndex = offset
  return pattern.exec(content)?.[0] ?? ''
}

/** Ends the reading of a .proto file. */
export function refuse(source: SourceText, code: DiagnosticCode, message: string, offset: number): never {
  throw new SourceProblem(code, message, { source, parent: null, step: '', offset })
}

class Brackets {
  readonly #source: SourceText
  readonly #open: { readonly close: string; readonly offset: number }[] = []

  constructor(source: SourceText) {
    this.#source = source
  }

  take({ text, offset }: ProtoToken): void {
    const close = closing.get(text)
    if (close !== undefined) {
      this.#open.push({ close, offset })
      if (this.#open.length > maximumDepth) refuse(this.#source, 'too-deep', `brackets are nested deeper than ${maximumDepth}`, offset)
    } else if (['}', ']', ')'].includes(text) && this.#open.pop()?.close !== text) {
      refuse(this.#source, 'malformed-proto', `\`${text}\` closes nothing`, offset)
    }
  }

  end(): void {
    const open = this.#open.at(-1)
    if (open !== undefined) refuse(this.#source, 'malformed-proto', `the bracket has no \`${open.close}\``, open.offset)
  }
}
