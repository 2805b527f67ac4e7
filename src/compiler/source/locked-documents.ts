/**
 * Documents on the network that a project names, as `postern lock` has fetched and pinned them: postern.lock says which file of the project
 * stands for an address, and which digest it must have. Nothing here reaches the network.
 */
import { createHash } from 'node:crypto'
import type { Diagnostics } from '../diagnostics.ts'
import { digestOf } from '../digest.ts'
import type { Location } from './location.ts'
import { readDigest, readLockedBase } from './locked-base.ts'
import { entry, NodeAccess } from './node-access.ts'
import type { SourceNode } from './source-node.ts'

export const lockFileName = 'postern.lock'

/** Folder of what is fetched, in the project. */
export const lockedFolder = 'locked'

/** The OCI layout of a base image that is fetched. */
export const lockedBaseFolder = 'locked/base'

/** What reads a project's files; see Sources. */
type Reader = {
  readonly has: (file: string) => boolean
  readonly document: (file: string, askedFrom: Location) => SourceNode | null
  readonly bytes: (file: string, askedFrom: Location) => Buffer | null
}

/** What `postern lock` has fetched so far, by address; what is asked for besides is noted, and not reported. */
export type FetchedDocuments = { readonly contents: ReadonlyMap<string, Buffer>; readonly asked: Map<string, Location> }

type Entry = { readonly file: string; readonly digest: string; readonly at: Location }

export class LockedDocuments {
  readonly #reader: Reader
  readonly #diagnostics: Diagnostics
  /** `null` until somebody asks. */
  #entries: ReadonlyMap<string, Entry> | null = null
  readonly #used = new Map<string, string>()

  constructor(reader: Reader, diagnostics: Diagnostics) {
    this.#reader = reader
    this.#diagnostics = diagnostics
  }

  /** The file that stands for an address, which is one that `lockable` passes; `null` where there is none, which is reported. */
  fileOf(url: string, askedFrom: Location): string | null {
    const found = this.#lock().get(url)
    if (found === undefined) {
      this.#diagnostics.report('not-locked', askedFrom, `\`${url.slice(0, 200)}\` is not in ${lockFileName}`)
      return null
    }
    this.#used.set(found.file, url)
    const bytes = this.#reader.bytes(found.file, found.at)
    if (bytes === null) return null
    if (digestOf(bytes) !== found.digest) {
      this.#diagnostics.report('altered-lock', found.at, `\`${found.file}\` is not what ${lockFileName} pins`)
      return null
    }
    return found.file
  }

  /** The address that a file stands for; `null` for files of the project's own. */
  addressOf(file: string): string | null {
    return this.#used.get(file) ?? null
  }

  /** Reports what postern.lock pins and nobody asked for: as an error where the lock must be exact. */
  reportUnused(exact: boolean): void {
    for (const [url, { file, at }] of this.#lock()) {
      if (this.#used.has(file)) continue
      this.#diagnostics.report(exact ? 'stale-lock' : 'unused-lock', at, `\`${url.slice(0, 200)}\` is pinned, and nothing names it`)
    }
  }

  #lock(): ReadonlyMap<string, Entry> {
    this.#entries ??= this.#read()
    return this.#entries
  }

  #read(): ReadonlyMap<string, Entry> {
    const at = { file: lockFileName, line: 1, column: 1, pointer: '#' }
    const root = this.#reader.has(lockFileName) ? this.#reader.document(lockFileName, at) : null
    return root === null ? new Map() : readEntries(root, new NodeAccess(this.#diagnostics, 'invalid-lock'))
  }
}

function readEntries(root: SourceNode, access: NodeAccess): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>()
  const object = access.object(root)
  if (object === null) return entries
  access.checkKeys(object, ['lock', 'base', 'documents'])
  access.required(object, 'lock', (node) => access.integer(node, 1, 1))
  access.optional(object, 'base', (node) => readLockedBase(node, access))
  const documents = access.required(object, 'documents', (node) => access.object(node))
  for (const [url, { value }] of documents?.entries ?? []) {
    const read = readEntry(url, value, access)
    if (read !== null) entries.set(url, read)
  }
  return entries
}

function readEntry(url: string, node: SourceNode, access: NodeAccess): Entry | null {
  if (!lockable(url)) return access.refuse(node, `\`${url.slice(0, 200)}\` is no address that can be pinned`)
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, ['file', 'digest'])
  const file = access.required(object, 'file', (value) => access.text(value))
  const digest = access.required(object, 'digest', (value) => readDigest(value, access))
  if (file === null || digest === null) return null
  if (file !== lockedFileName(url))
    return access.refuse(entry(object, 'file') ?? object, `\`${file.slice(0, 200)}\` is not where this address is kept`)
  return { file, digest, at: object.at }
}

/** An https address as a URL parser writes it, without user, password and fragment. */
export function lockable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password, hash, href } = new URL(url)
  return protocol === 'https:' && username === '' && password === '' && hash === '' && href === url
}

/** Where the content of an address is kept: a name to recognise it by, and digits that make it the only one. */
export function lockedFileName(url: string): string {
  const { host, pathname } = new URL(url)
  const extension = /\.(?:json|ya?ml|proto|pem)$/i.exec(pathname)?.[0].toLowerCase() ?? ''
  const name = `${host}${pathname.slice(0, pathname.length - extension.length)}`.replaceAll(/[^A-Za-z0-9.]+/g, '-').slice(0, 80)
  const digits = createHash('sha256').update(url).digest('hex').slice(0, 12)
  return `${lockedFolder}/${name.replaceAll(/^[-.]+|[-.]+$/g, '')}-${digits}${extension}`
}
