/**
 * Reads the outline of a .proto file, proto2, proto3 or an edition: package, imports, services, methods and their options. Messages and
 * enums are skipped: a gateway does not look into them. Libraries that read the whole language give no places, and some texts keep them
 * busy for minutes (docs/decisions/0024-proto-outline.md).
 */
import type { Diagnostics } from '../diagnostics.ts'
import type { ProtoFile, ProtoMethod, ProtoOption, ProtoService } from './proto-file.ts'
import { type ProtoToken, readProtoTokens, refuse } from './proto-tokens.ts'
import { readOrReport } from './source-problem.ts'
import type { SourceText } from './source-text.ts'

/** @returns `null` where the text is no .proto file, which is reported: `malformed-proto`, `file-too-large`, `too-deep` or `forbidden-key`. */
export function parseProto(source: SourceText, diagnostics: Diagnostics): ProtoFile | null {
  return readOrReport(diagnostics, () => new Outline(source).read())
}

const longestName = 256
const maximumMethods = 10_000
const maximumImports = 1000

const typeName = /^\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/

/** Definitions that are of no interest here. */
const skipped = ['message', 'enum', 'extend']

class Outline {
  readonly #source: SourceText
  readonly #tokens: readonly ProtoToken[]
  #next = 0
  #methods = 0

  constructor(source: SourceText) {
    this.#source = source
    this.#tokens = readProtoTokens(source)
  }

  read(): ProtoFile {
    let name = ''
    const imports: ProtoToken[] = []
    const services = new Map<string, ProtoService>()
    while (this.#next < this.#tokens.length) {
      const token = this.#take()
      if (is(token, 'syntax') || is(token, 'edition')) this.#version()
      else if (is(token, 'package')) {
        if (name !== '') this.#refuse(token, 'the file has a second package')
        name = this.#name(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/).text
        this.#expect(';')
      } else if (is(token, 'import')) {
        imports.push(this.#imported())
        if (imports.length > maximumImports)
          refuse(this.#source, 'file-too-large', `there are over ${maximumImports} imports`, token.offset)
      } else if (is(token, 'service')) this.#add(services, this.#service())
      else if (is(token, 'option')) this.#option(token)
      else if (token.kind === 'word' && skipped.includes(token.text)) this.#skipDefinition()
      // Of editions: who may see the definition that follows.
      else if (!is(token, 'export') && !is(token, 'local') && !is(token, ';'))
        this.#refuse(token, `\`${shortened(token)}\` begins no statement of the language`)
    }
    return { source: this.#source, package: name, imports, services: [...services.values()] }
  }

  #version(): void {
    this.#expect('=')
    const version = this.#take()
    if (version.kind !== 'text' || !/^(?:proto[23]|20\d\d)$/.test(version.text)) {
      this.#refuse(version, `\`${shortened(version)}\` is no version of the language that is known`)
    }
    this.#expect(';')
  }

  #service(): ProtoService {
    const { text: name, offset } = this.#name()
    return { name, offset, ...this.#block(true) }
  }

  /** The body of a service, or that of a method, which has options alone. */
  #block(ofService: boolean): { readonly options: readonly ProtoOption[]; readonly methods: readonly ProtoMethod[] } {
    const options: ProtoOption[] = []
    const methods = new Map<string, ProtoMethod>()
    this.#expect('{')
    for (let token = this.#take(); !is(token, '}'); token = this.#take()) {
      if (is(token, 'option')) options.push(this.#option(token))
      else if (is(token, 'rpc') && ofService) this.#add(methods, this.#method())
      else if (!is(token, ';')) this.#refuse(token, `\`${shortened(token)}\` cannot stand here`)
    }
    return { options, methods: [...methods.values()] }
  }

  #method(): ProtoMethod {
    const { text: name, offset } = this.#name()
    if (++this.#methods > maximumMethods) refuse(this.#source, 'file-too-large', `there are over ${maximumMethods} methods`, offset)
    const client = this.#messages()
    this.#expect('returns')
    const server = this.#messages()
    const block = is(this.#peek(), '{')
    const options = block ? this.#block(false).options : []
    if (!block) this.#expect(';')
    return { name, offset, streams: { client, server }, options }
  }

  /** `(stream shop.Order)`; a message type may be called `stream` as well. */
  #messages(): boolean {
    this.#expect('(')
    const streams = is(this.#peek(), 'stream') && !is(this.#tokens[this.#next + 1], ')')
    if (streams) this.#take()
    this.#name(typeName)
    this.#expect(')')
    return streams
  }

  #option({ offset }: ProtoToken): ProtoOption {
    const name: string[] = []
    for (let token = this.#take(); !is(token, '='); token = this.#take()) {
      if (token.kind === 'text' || '{};'.includes(token.text)) this.#refuse(token, '`=` is missing')
      name.push(token.text)
    }
    const value: ProtoToken[] = []
    for (let depth = 0; ; ) {
      const token = this.#take()
      if (depth === 0 && is(token, ';')) break
      if (token.kind === 'sign' && '{[('.includes(token.text)) depth++
      else if (token.kind === 'sign' && '}])'.includes(token.text)) depth--
      if (depth < 0) this.#refuse(token, '`;` is missing')
      value.push(token)
    }
    if (value.length === 0) this.#refuse(this.#peek(), 'the option has no value')
    return { name: name.join(''), offset, value }
  }

  #imported(): ProtoToken {
    const next = this.#peek()
    if (is(next, 'public') || is(next, 'weak') || is(next, 'option')) this.#take()
    const path = this.#take()
    if (path.kind !== 'text') this.#refuse(path, 'an import names a file in quotes')
    this.#expect(';')
    return path
  }

  #skipDefinition(): void {
    this.#name(typeName)
    this.#expect('{')
    for (let depth = 1; depth > 0; ) {
      const token = this.#take()
      if (is(token, '{')) depth++
      else if (is(token, '}')) depth--
    }
  }

  #name(form = /^[A-Za-z_]\w*$/): ProtoToken {
    const token = this.#take()
    if (token.text.length > longestName) this.#refuse(token, `the name has over ${longestName} characters`)
    if (token.kind !== 'word' || !form.test(token.text)) this.#refuse(token, `\`${shortened(token)}\` is no name`)
    if (token.text.split('.').includes('__proto__')) {
      refuse(this.#source, 'forbidden-key', '`__proto__` cannot be a name: much software takes it for the prototype', token.offset)
    }
    return token
  }

  #add<Named extends ProtoService | ProtoMethod>(list: Map<string, Named>, named: Named): void {
    if (list.has(named.name)) refuse(this.#source, 'duplicate-key', `\`${named.name}\` stands there already`, named.offset)
    list.set(named.name, named)
  }

  #expect(text: string): void {
    const token = this.#take()
    if (!is(token, text)) this.#refuse(token, `\`${text}\` is missing`)
  }

  #peek(): ProtoToken | undefined {
    return this.#tokens[this.#next]
  }

  #take(): ProtoToken {
    return this.#tokens[this.#next++] ?? this.#refuse(undefined, 'the file ends in the middle of a statement')
  }

  #refuse(token: ProtoToken | undefined, message: string): never {
    refuse(this.#source, 'malformed-proto', message, token?.offset ?? this.#source.content.length)
  }
}

function is(token: ProtoToken | undefined, text: string): boolean {
  return token !== undefined && token.kind !== 'text' && token.text === text
}

function shortened({ text }: ProtoToken): string {
  return text.slice(0, 40)
}
