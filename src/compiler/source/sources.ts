/**
 * The files of a project: the only way in. A file is read once, must stand inside the project folder with all links followed, and is
 * recorded with its digest.
 */
import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { digestOf } from '../digest.ts'
import { anchorsOf } from './anchors.ts'
import type { Location } from './location.ts'
import { type FetchedDocuments, LockedDocuments, lockable, lockedFileName } from './locked-documents.ts'
import { parseJson } from './parse-json.ts'
import { type ModuleOutline, parseModule } from './parse-module.ts'
import { parseProto } from './parse-proto.ts'
import { parseYaml } from './parse-yaml.ts'
import type { ProtoFile } from './proto-file.ts'
import type { SourceNode } from './source-node.ts'
import { SourceText } from './source-text.ts'

const megabyte = 1_000_000
/** Bytes. */
const largestFile = 20 * megabyte

type Failure = { readonly kind: 'failed' | 'missing'; readonly code: DiagnosticCode; readonly message: string }
type Read = { readonly kind: 'read'; readonly bytes: Buffer; readonly digest: string }

export type SourceModule = { readonly text: string; readonly digest: string; readonly outline: ModuleOutline }

export class Sources {
  readonly #folder: string
  readonly #diagnostics: Diagnostics
  readonly #files = new Map<string, Read | Failure>()
  readonly #documents = new Map<string, SourceNode | null>()
  readonly #protos = new Map<string, ProtoFile | null>()
  readonly #locked: LockedDocuments
  readonly #fetched: FetchedDocuments | null
  /** Addresses by the file that stands for them, where they have been fetched a moment ago. */
  readonly #fetchedFiles = new Map<string, string>()
  readonly #anchors = new Map<SourceNode, ReadonlyMap<string, SourceNode>>()

  /**
   * @param projectFolder must exist.
   * @param fetched what stands for documents on the network in the place of postern.lock, for `postern lock`; `null` for the lock.
   */
  constructor(projectFolder: string, diagnostics: Diagnostics, fetched: FetchedDocuments | null = null) {
    this.#folder = realpathSync(projectFolder)
    this.#diagnostics = diagnostics
    this.#fetched = fetched
    this.#locked = new LockedDocuments(this, diagnostics)
  }

  /**
   * The parsed file: JSON where its name ends in `.json`, else YAML.
   * @param file relative to the project folder, with forward slashes.
   * @param askedFrom the place that names the file; a file that cannot be read is reported there, what is wrong inside it in the file.
   */
  document(file: string, askedFrom: Location): SourceNode | null {
    const name = path.posix.normalize(file)
    const known = this.#documents.get(name)
    if (known !== undefined) return known
    const bytes = this.bytes(name, askedFrom)
    if (bytes === null) return null
    const document = this.#parse(name, bytes)
    this.#documents.set(name, document)
    return document
  }

  /** The parsed .proto file; see `document` for the arguments. */
  proto(file: string, askedFrom: Location): ProtoFile | null {
    const name = path.posix.normalize(file)
    const known = this.#protos.get(name)
    if (known !== undefined) return known
    const bytes = this.bytes(name, askedFrom)
    if (bytes === null) return null
    const source = this.#text(name, bytes, 'malformed-proto')
    const proto = source === null ? null : parseProto(source, this.#diagnostics)
    this.#protos.set(name, proto)
    return proto
  }

  /** What a TypeScript or JavaScript module is made of; see `document` for the arguments. */
  module(file: string, askedFrom: Location): SourceModule | null {
    const name = path.posix.normalize(file)
    const bytes = this.bytes(name, askedFrom)
    const source = bytes === null ? null : this.#text(name, bytes, 'malformed-module')
    const outline = source === null ? null : parseModule(source, this.#diagnostics)
    if (bytes === null || source === null || outline === null) return null
    return { text: source.content, digest: digestOf(bytes), outline }
  }

  /** Whether there is anything of that name, be it readable or not. */
  has(file: string): boolean {
    return this.#read(path.posix.normalize(file)).kind !== 'missing'
  }

  /** The file as it is; see `document` for the arguments. */
  bytes(file: string, askedFrom: Location): Buffer | null {
    const result = this.#read(path.posix.normalize(file))
    if (result.kind === 'read') return result.bytes
    this.#diagnostics.report(result.code, askedFrom, result.message)
    return null
  }

  /** The file that stands for an https address; `null` where there is none, or the address cannot be pinned, which is reported. */
  fileOf(url: string, askedFrom: Location): string | null {
    if (!lockable(url)) {
      const shown = url.replace(/(?<=^[a-z]+:\/\/)[^/?#]*@/i, '…@').slice(0, 200)
      this.#diagnostics.report('remote-ref', askedFrom, `\`${shown}\` is no address that \`postern lock\` can pin`, pinnable)
      return null
    }
    if (this.#fetched === null) return this.#locked.fileOf(url, askedFrom)
    const bytes = this.#fetched.contents.get(url)
    this.#fetched.asked.set(url, askedFrom)
    if (bytes === undefined) return null
    const file = lockedFileName(url)
    this.#files.set(file, { kind: 'read', bytes, digest: digestOf(bytes) })
    this.#fetchedFiles.set(file, url)
    return file
  }

  /** The address that a file stands for; `null` for files of the project's own. */
  addressOf(file: string): string | null {
    return this.#fetchedFiles.get(file) ?? this.#locked.addressOf(file)
  }

  /** Reports what is pinned and was not asked for. `exact`: as errors. */
  reportUnusedLock(exact: boolean): void {
    if (this.#fetched === null) this.#locked.reportUnused(exact)
  }

  /** What a document's `$anchor`s name. */
  anchors(root: SourceNode): ReadonlyMap<string, SourceNode> {
    const known = this.#anchors.get(root) ?? anchorsOf(root)
    this.#anchors.set(root, known)
    return known
  }

  /** Every file that was read, by name. */
  get inputs(): readonly { readonly file: string; readonly digest: string }[] {
    return [...this.#files]
      .flatMap(([file, result]) => (result.kind === 'read' ? [{ file, digest: result.digest }] : []))
      .sort((a, b) => (a.file < b.file ? -1 : 1))
  }

  #read(name: string): Read | Failure {
    const known = this.#files.get(name) ?? readInside(this.#folder, name)
    this.#files.set(name, known)
    return known
  }

  #parse(file: string, bytes: Buffer): SourceNode | null {
    const json = /\.json$/i.test(file)
    const source = this.#text(file, bytes, json ? 'malformed-json' : 'malformed-yaml')
    if (source === null) return null
    return json ? parseJson(source, this.#diagnostics) : parseYaml(source, this.#diagnostics)
  }

  #text(file: string, bytes: Buffer, malformed: DiagnosticCode): SourceText | null {
    const wrongLine = lineThatIsNotUtf8(bytes)
    if (wrongLine !== null) {
      const at = { file, line: wrongLine, column: 1, pointer: '#' }
      this.#diagnostics.report(malformed, at, 'the line is not UTF-8', 'Save the file as UTF-8.')
      return null
    }
    const text = bytes.toString('utf8')
    const key = /^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/m.exec(text)
    if (key !== null) {
      const at = { file, line: text.slice(0, key.index).split('\n').length, column: 1, pointer: '#' }
      const hint = 'Take it out of the project: a gateway needs only public keys.'
      this.#diagnostics.report('private-key', at, 'the file holds a private key', hint)
      return null
    }
    return new SourceText(file, text.startsWith('\ufeff') ? text.slice(1) : text)
  }
}

const pinnable = 'Write it as https://host/path, in lower case where case makes no difference, without user, password and fragment.'

function leadsOut(name: string): boolean {
  return path.posix.isAbsolute(name) || path.isAbsolute(name) || name === '..' || name.startsWith('../')
}

function readInside(folder: string, name: string): Read | Failure {
  const outside: Failure = { kind: 'failed', code: 'outside-project', message: `\`${name}\` is not inside the project folder` }
  if (leadsOut(name)) return outside
  try {
    const real = realpathSync(path.join(folder, name))
    if (!real.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep)) return outside
    return readRegularFile(real, name)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', code: 'unreadable-file', message: `\`${name}\` does not exist` }
    return { kind: 'failed', code: 'unreadable-file', message: `\`${name.slice(0, 200)}\` cannot be read (${code})` }
  }
}

function readRegularFile(real: string, name: string): Read | Failure {
  /** Without O_NONBLOCK, opening a pipe would wait for somebody to write to it. */
  const descriptor = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) return { kind: 'failed', code: 'unreadable-file', message: `\`${name}\` is not a regular file` }
    if (stat.size > largestFile) {
      return { kind: 'failed', code: 'file-too-large', message: `\`${name}\` has ${Math.ceil(stat.size / megabyte)} MB` }
    }
    const bytes = readFileSync(descriptor)
    return { kind: 'read', bytes, digest: digestOf(bytes) }
  } finally {
    closeSync(descriptor)
  }
}

/** The number of the first line that is not UTF-8; no byte of a longer sequence looks like a line feed. */
function lineThatIsNotUtf8(bytes: Buffer): number | null {
  if (isUtf8(bytes)) return null
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start)
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) break
    start = end + 1
  }
  return line
}
