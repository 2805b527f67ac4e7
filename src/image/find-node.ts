/** Where Node lies in the layers of a base image, and which it is: nothing is run, its file says so itself. */
import { posix } from 'node:path'
import type { ParsedTarEntry } from 'modern-tar'
import type { BaseImage } from './base-images.ts'
import type { Blobs } from './blobs.ts'
import { malformed } from './json-reader.ts'
import { VersionSearch } from './node-version.ts'
import type { Layer } from './oci.ts'
import { layerEntries } from './read-layer.ts'

/** `version`: as in `26.10.0`; `null` where its file does not say it, as where Node is a shared library. */
export type NodeInImage = { readonly path: string; readonly version: string | null }

type Found = { readonly kind: 'file'; readonly version: string | null } | { readonly kind: 'link'; readonly target: string }

/** UTF-16 code units of paths that are kept in mind, and of where links lead: far more than the links of a whole system. */
const textBound = 64 * 1024 * 1024

/** `null` where there is none. `path`: where it is said to be. */
export async function findNode(base: BaseImage, blobs: Blobs, path: string | null, most = textBound): Promise<NodeInImage | null> {
  const names = new Set(['node', 'nodejs', ...(path === null ? [] : [posix.basename(path)])])
  const found = new Map<string, Found>()
  const budget = { left: most }
  for (const layer of base.layers) await readLayer(layer, blobs, names, found, budget)
  for (const candidate of path === null ? placesOf(base) : [path]) {
    const resolved = resolve(candidate, found)
    const file = found.get(resolved)
    if (file?.kind === 'file') return { path: resolved, version: file.version }
  }
  return null
}

/** Where images have it: as their entry point, in their PATH, and as distroless has it. */
function placesOf({ entrypoint, environment }: BaseImage): readonly string[] {
  const path = environment.find((each) => each.startsWith('PATH='))?.slice('PATH='.length) ?? '/usr/local/bin:/usr/bin:/bin'
  const places = [...path.split(':'), '/usr/local/bin', '/usr/bin', '/nodejs/bin'].filter((folder) => folder.startsWith('/'))
  return [...entrypoint.slice(0, 1), ...places.flatMap((folder) => [posix.join(folder, 'node'), posix.join(folder, 'nodejs')])]
}

/** Takes away what a layer removes of those below it, and adds what it has (OCI image-spec, layer.md, whiteouts). */
async function readLayer(
  { descriptor }: Layer,
  blobs: Blobs,
  names: ReadonlySet<string>,
  found: Map<string, Found>,
  budget: { left: number },
): Promise<void> {
  const own = new Map<string, Found>()
  const removed = new Set<string>()
  const keep = (text: string): string => {
    budget.left -= text.length
    if (budget.left < 0) throw malformed('its layers hold more links than can be followed')
    return text
  }
  for await (const { header, body } of layerEntries(blobs.path(descriptor.digest), descriptor.mediaType)) {
    const path = posix.join('/', header.name)
    const name = posix.basename(path)
    const folder = posix.dirname(path)
    const target = header.linkname ?? ''
    if (name === '.wh..wh..opq') removed.add(keep(within(folder)))
    else if (name.startsWith('.wh.')) removed.add(keep(posix.join(folder, name.slice('.wh.'.length))))
    else if (header.type === 'symlink') own.set(keep(path), { kind: 'link', target: keep(target) })
    else if (header.type === 'link' && names.has(name)) own.set(keep(path), { kind: 'link', target: keep(posix.join('/', target)) })
    else if (header.type === 'file' && names.has(name)) {
      own.set(keep(path), { kind: 'file', version: await versionIn(body) })
      continue
    }
    await body.cancel()
  }
  for (const path of found.keys()) if (isRemoved(path, removed)) found.delete(path)
  for (const [path, entry] of own) found.set(path, entry)
}

/** How it is noted that all that was in a folder is removed, and not the folder. */
function within(folder: string): string {
  return posix.join(folder, '/')
}

function isRemoved(path: string, removed: ReadonlySet<string>): boolean {
  if (removed.has(path)) return true
  for (let folder = path; folder !== '/'; ) {
    folder = posix.dirname(folder)
    if (removed.has(folder) || removed.has(within(folder))) return true
  }
  return false
}

async function versionIn(body: ParsedTarEntry['body']): Promise<string | null> {
  const search = new VersionSearch()
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) search.add(chunk)
  return search.version
}

/** Follows links, also of folders, as a system does. */
function resolve(path: string, found: ReadonlyMap<string, Found>): string {
  let rest = path.split('/').filter((part) => part !== '')
  let reached = '/'
  for (let steps = 0; rest.length > 0 && steps < 100; steps++) {
    const [part = '', ...others] = rest
    const next = posix.join(reached, part)
    const link = found.get(next)
    if (link?.kind !== 'link') {
      reached = next
      rest = others
      continue
    }
    rest = [...link.target.split('/').filter((each) => each !== ''), ...others]
    if (link.target.startsWith('/')) reached = '/'
  }
  return reached
}
