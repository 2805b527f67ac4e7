/** Files of certificates whose holders may vouch for others: PEM text (RFC 7468), baked into the gateway. */
import { posix } from 'node:path'
import type { Diagnostics } from '../diagnostics.ts'
import type { NodeAccess } from '../source/node-access.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { Certificate } from './certificate.ts'
import { type PemBlock, pemBlocks } from './pem.ts'
import { placedText } from './placed-text.ts'
import { holdsSetting } from './setting-text.ts'
import type { Authority } from './types/authority.ts'
import type { Placed } from './types/placed.ts'

/** Bytes. All the authorities of the web have a few hundred kilobytes. */
const largestFile = 1024 * 1024

/** Every file is read, and what is wrong with it reported, once. */
export class AuthorityFiles {
  readonly #sources: Sources
  readonly #diagnostics: Diagnostics
  readonly #read = new Map<string, readonly Authority[]>()

  constructor(sources: Sources, diagnostics: Diagnostics) {
    this.#sources = sources
    this.#diagnostics = diagnostics
  }

  /** What cannot be used is reported and left out. The path is relative to the project. */
  read(file: Placed<string>): readonly Authority[] {
    // A setting in postern.yaml is reported with all of its texts.
    if (holdsSetting(file.value)) return []
    const path = posix.normalize(file.value)
    const known = this.#read.get(path)
    if (known !== undefined) return known
    const authorities = this.#readFile(path, file)
    this.#read.set(path, authorities)
    return authorities
  }

  #readFile(path: string, file: Placed<string>): readonly Authority[] {
    const bytes = this.#sources.bytes(path, file.at)
    if (bytes === null) return []
    if (bytes.length > largestFile) {
      this.#diagnostics.report('file-too-large', file.at, `\`${file.value}\` has more than 1 MiB`, 'It may have up to 1 MiB.')
      return []
    }
    const blocks = pemBlocks(bytes.toString('latin1'), path, this.#diagnostics)
    if (blocks.length === 0) {
      const hint = 'Give the certificate of the authority as PEM.'
      this.#diagnostics.report('unusable-key', file.at, `\`${file.value}\` holds no certificate as PEM`, hint)
    }
    return blocks.map((block) => this.#readBlock(block)).filter((authority) => authority !== null)
  }

  #readBlock({ label, text, at }: PemBlock): Authority | null {
    if (label.endsWith('PRIVATE KEY')) {
      this.#diagnostics.report('private-key', at, 'the file holds a private key')
      return null
    }
    const hint = 'Give the certificate of the authority as PEM.'
    if (label !== 'CERTIFICATE') {
      this.#diagnostics.report('unusable-key', at, `a PEM block \`${label}\` is not a certificate`, hint)
      return null
    }
    try {
      const { subject, notBefore, notAfter, pem } = new Certificate(text)
      return { pem, subject, notBefore, notAfter, at }
    } catch {
      this.#diagnostics.report('unusable-key', at, 'the certificate is malformed', hint)
      return null
    }
  }
}

/** A list of such files: whom the gateway trusts where it is the client itself. */
export function readAuthorityFiles(node: SourceNode, files: AuthorityFiles, access: NodeAccess): readonly Authority[] | null {
  const list = access.array(node)
  if (list === null) return null
  if (list.items.length === 0) return access.refuse(list, '`authorities` is empty', 'Name the files, or leave the key out.')
  const authorities = list.items.map((item) => {
    const file = placedText(item, access)
    return file === null ? [] : files.read(file)
  })
  // Of a file that cannot be read, nothing is left: Node's own authorities must not take their place.
  return authorities.some((read) => read.length === 0) ? null : authorities.flat()
}
