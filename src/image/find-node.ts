/** Where Node lies in the layers of a base image, and which it is: nothing is run, its file says so itself. */
import { posix } from 'node:path'
import type { ParsedTarEntry } from 'modern-tar'
import type { BaseImage } from './base-images.ts'
import type { Blobs } from './blobs.ts'
import { VersionSearch } from './node-version.ts'
import type { Layer } from './oci.ts'
import { layerEntries } from './read-layer.ts'

/** `version`: as in `26.10.0`; `null` where its file does not say it, as where Node is a shared library. */
export type NodeInImage = { readonly path: string; readonly version: string | null }

type Found = { readonly kind: 'file'; readonly version: string | null } | { readonly kind: 'link'; readonly target: string }

/** `null` where there is none. `path`: where it is said to be. */
export async function findNode(base: BaseImage, blobs: Blobs, path: string | null): Promise<NodeInImage | null> {
  const names = new Set(['node', 'nodejs', ...(path === null ? [] : [posix.basename(path)])])
  const found = new Map<string, Found>()
  for (const layer of base.layers) await readLayer(layer, blobs, names, found)
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

/** Adds what a layer has, and takes away what it removes (OCI image-spec, layer.md, whiteouts). */
async function readLayer({ descriptor }: Layer, blobs: Blobs, names: ReadonlySet<string>, found: Map<string, Found>): Promise<void> {
  const before = new Set(found.keys())
  for await (const { header, body } of layerEntries(blobs.path(descriptor.digest), descriptor.mediaType)) {
    const path = posix.join('/', header.name)
    const name = posix.basename(path)
    const folder = posix.dirname(path)
    if (name === '.wh..wh..opq') remove(found, folder, before)
    else if (name.startsWith('.wh.')) remove(found, posix.join(folder, name.slice('.wh.'.length)), before)
    else if (header.type === 'symlink') found.set(path, { kind: 'link', target: header.linkname ?? '' })
    else if (header.type === 'link' && names.has(name)) found.set(path, { kind: 'link', target: posix.join('/', header.linkname ?? '') })
    else if (header.type === 'file' && names.has(name)) {
      found.set(path, { kind: 'file', version: await versionIn(body) })
      continue
    }
    await body.cancel()
  }
}

function remove(found: Map<string, Found>, path: string, before: ReadonlySet<string>): void {
  for (const each of before) if (each === path || each.startsWith(`${path}/`)) found.delete(each)
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
