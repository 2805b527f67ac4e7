/** What lies in a layer, and where each file comes from. */

/** `written`: made here. `bundle`, `host`: copied from the file at `path`, in the bundle or on this machine. */
export type FileOrigin = { readonly kind: 'written' } | { readonly kind: 'bundle' | 'host'; readonly path: string }

/** `path` is absolute in the image. */
export type LayerEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number; readonly owner: number }
  | {
      readonly kind: 'file'
      readonly path: string
      readonly mode: number
      readonly content: Buffer | { readonly file: string }
      readonly origin: FileOrigin
    }

/** A file of the image, for bills of materials. */
export type ImageFile = { readonly path: string; readonly digest: string; readonly size: number; readonly origin: FileOrigin }

/** All entries with the folders above them, each folder before what is in it. */
export function withFolders(entries: readonly LayerEntry[]): readonly LayerEntry[] {
  const all = new Map<string, LayerEntry>()
  for (const { path } of entries) {
    const parts = path.split('/').slice(1, -1)
    for (let count = 1; count <= parts.length; count++) {
      const folder = `/${parts.slice(0, count).join('/')}`
      all.set(folder, { kind: 'folder', path: folder, mode: 0o755, owner: 0 })
    }
  }
  for (const entry of entries) all.set(entry.path, entry)
  return [...all.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}
