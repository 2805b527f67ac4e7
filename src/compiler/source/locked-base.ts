/** The base image that postern.lock pins: no matter of a build, but a lock is read whole. */
import type { Diagnostics } from '../diagnostics.ts'
import { entry, NodeAccess } from './node-access.ts'
import { parseYaml } from './parse-yaml.ts'
import type { SourceNode } from './source-node.ts'
import type { SourceText } from './source-text.ts'

export type LockedBase = {
  /** Of the image, or of the index of images. */
  readonly digest: string
  /** Where it was fetched; `null` for a layout that is kept elsewhere. `platforms`: `null` for the only one, else `all` or a list with commas. */
  readonly fetched: { readonly image: string; readonly platforms: string | null } | null
}

const digestForm = /^sha256:[0-9a-f]{64}$/

export function readDigest(node: SourceNode, access: NodeAccess): string | null {
  const digest = access.text(node)
  if (digest === null || digestForm.test(digest)) return digest
  return access.refuse(node, 'the digest is none: it is `sha256:` and 64 hex digits')
}

export function readLockedBase(node: SourceNode, access: NodeAccess): LockedBase | null {
  if (node.kind !== 'object') {
    const digest = readDigest(node, access)
    return digest === null ? null : { digest, fetched: null }
  }
  access.checkKeys(node, ['image', 'platforms', 'digest'])
  const image = access.required(node, 'image', (value) => access.text(value))
  const platforms = access.optional(node, 'platforms', (value) => access.text(value))
  const digest = access.required(node, 'digest', (value) => readDigest(value, access))
  if (image?.startsWith('docker://') === false) return access.refuse(entry(node, 'image') ?? node, 'the image has no address of a registry')
  return image === null || digest === null ? null : { digest, fetched: { image, platforms } }
}

/** What a whole lock says; `null` where it pins none, or is none, which is reported. */
export function lockedBaseIn(source: SourceText, diagnostics: Diagnostics): LockedBase | null {
  const root = parseYaml(source, diagnostics)
  const base = root?.kind === 'object' ? entry(root, 'base') : null
  return base === null ? null : readLockedBase(base, new NodeAccess(diagnostics, 'invalid-lock'))
}
