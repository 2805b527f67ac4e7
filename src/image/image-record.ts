/** What is told of an image that was made: its digests, what it is built upon, and every file that Postern put into it. */
import type { ImageFile } from './layer-entries.ts'

export type LayerRecord = {
  /** Of the blob, and of its tar before compression. */
  readonly digest: string
  readonly diffId: string
  readonly size: number
  readonly holds: 'base' | 'libraries' | 'node' | 'gateway'
}

export type PlatformRecord = {
  /** `linux/amd64` and the like. */
  readonly platform: string
  /** Of the image's manifest. */
  readonly digest: string
  readonly node: { readonly path: string; readonly version: string | null; readonly major: number }
  /** `digest`: of the base image's manifest. */
  readonly base: { readonly kind: 'host' } | { readonly kind: 'layout'; readonly digest: string; readonly name: string | null }
  readonly entrypoint: readonly string[]
  readonly layers: readonly LayerRecord[]
  /** Bytes of all layers, compressed. */
  readonly size: number
  /** Not those of a base layout, which has to tell them itself. */
  readonly files: readonly ImageFile[]
}

export type ImageRecord = {
  readonly format: 1
  /** What to pin: of the image, or of the index where it is for several platforms. */
  readonly digest: string
  readonly mediaType: string
  readonly name: string
  readonly gateway: { readonly name: string; readonly version: string; readonly digest: string }
  readonly platforms: readonly PlatformRecord[]
}
