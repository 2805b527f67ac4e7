/** Base images made up for tests: OCI layouts with a few small files in them. */
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { packTar, type TarEntry } from 'modern-tar'

/** What a file of Node says of itself. */
export function nodeText(version: string): string {
  return `${'\0'.repeat(5000)}https://nodejs.org/download/release/v${version}/node-v${version}.tar.gz\0`
}

export function file(name: string, body: string): TarEntry {
  return { header: { name, type: 'file', size: Buffer.byteLength(body), mtime: new Date(0) }, body }
}

export function link(name: string, linkname: string, type: 'symlink' | 'link' = 'symlink'): TarEntry {
  return { header: { name, type, linkname, size: 0, mtime: new Date(0) } }
}

type BaseOptions = {
  readonly architecture?: string
  readonly environment?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly compression?: 'gzip' | 'zstd' | 'none'
  readonly docker?: boolean
  readonly history?: readonly unknown[]
}

export type StoredDescriptor = { readonly mediaType: string; readonly digest: string; readonly size: number }

/** An OCI layout in a folder. */
export class BaseFixture {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(join(folder, 'blobs', 'sha256'), { recursive: true })
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  }

  blob(content: Buffer | string, mediaType: string): StoredDescriptor {
    const hex = createHash('sha256').update(content).digest('hex')
    writeFileSync(join(this.folder, 'blobs', 'sha256', hex), content)
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) }
  }

  json(value: unknown, mediaType: string): StoredDescriptor {
    return this.blob(JSON.stringify(value), mediaType)
  }

  /** Each list of entries is a layer. */
  async image(layers: readonly (readonly TarEntry[])[], options: BaseOptions = {}): Promise<StoredDescriptor> {
    const {
      architecture = 'amd64',
      environment = ['PATH=/usr/local/bin:/usr/bin:/bin'],
      entrypoint,
      compression = 'gzip',
      docker = false,
      history,
    } = options
    const written = await Promise.all(layers.map((entries) => this.#layer(entries, compression, docker)))
    const config = {
      os: 'linux',
      architecture,
      config: { Env: environment, Entrypoint: entrypoint },
      rootfs: { type: 'layers', diff_ids: written.map(({ diffId }) => diffId) },
      history,
    }
    const configType = docker ? 'application/vnd.docker.container.image.v1+json' : 'application/vnd.oci.image.config.v1+json'
    const mediaType = docker ? 'application/vnd.docker.distribution.manifest.v2+json' : 'application/vnd.oci.image.manifest.v1+json'
    const manifest = {
      schemaVersion: 2,
      mediaType,
      config: this.json(config, configType),
      layers: written.map(({ descriptor }) => descriptor),
    }
    return this.json(manifest, mediaType)
  }

  async #layer(
    entries: readonly TarEntry[],
    compression: 'gzip' | 'zstd' | 'none',
    docker: boolean,
  ): Promise<{ descriptor: StoredDescriptor; diffId: string }> {
    const tar = await packTar([...entries])
    const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`
    if (docker) return { descriptor: this.blob(gzipSync(tar), 'application/vnd.docker.image.rootfs.diff.tar.gzip'), diffId }
    const type = 'application/vnd.oci.image.layer.v1.tar'
    if (compression === 'none') return { descriptor: this.blob(Buffer.from(tar), type), diffId }
    const content = compression === 'gzip' ? gzipSync(tar) : zstdCompressSync(tar)
    return { descriptor: this.blob(content, `${type}+${compression}`), diffId }
  }

  /** What index.json names. */
  index(
    ...manifests: readonly (StoredDescriptor & { readonly platform?: unknown; readonly annotations?: Readonly<Record<string, string>> })[]
  ): void {
    writeFileSync(join(this.folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  }
}
