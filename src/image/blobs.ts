/** The blobs of an image that is being written: files named by their digest, in the folder of an OCI layout. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { digestOf, digestText } from './digest.ts'
import { ImageError } from './image-error.ts'
import type { Descriptor } from './oci.ts'

export class Blobs {
  readonly layout: string
  readonly #folder: string
  #unnamed = 0

  private constructor(layout: string) {
    this.layout = layout
    this.#folder = join(layout, 'blobs', 'sha256')
  }

  /** `layout`: an empty folder. */
  static async in(layout: string): Promise<Blobs> {
    const blobs = new Blobs(layout)
    await mkdir(blobs.#folder, { recursive: true })
    return blobs
  }

  path(digest: string): string {
    return join(this.#folder, digest.slice('sha256:'.length))
  }

  /** A file to write to while the digest is not known yet. */
  unnamed(): string {
    this.#unnamed++
    return join(this.#folder, `unnamed-${this.#unnamed}`)
  }

  /** Gives an unnamed file its name. */
  async name(file: string, digest: string): Promise<void> {
    await rename(file, this.path(digest))
  }

  async writeJson(value: unknown, mediaType: string): Promise<Descriptor> {
    const content = Buffer.from(JSON.stringify(value))
    const digest = digestOf(content)
    await writeFile(this.path(digest), content)
    return { mediaType, digest, size: content.length }
  }

  /** Takes a blob from the file `from`. Throws an ImageError where that has another digest or size. */
  async copy(descriptor: Descriptor, from: string): Promise<void> {
    await this.take(descriptor, createReadStream(from))
  }

  /** Takes a blob as it comes, and no more of it than its size. Throws an ImageError where it has another digest or size. */
  async take({ digest, size }: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const damaged = (): ImageError => new ImageError(`The base image is damaged: its blob ${digest} is another.`, 'Fetch it again.')
    const checked = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      const hash = createHash('sha256')
      let bytes = 0
      for await (const chunk of chunks) {
        hash.update(chunk)
        bytes += chunk.length
        if (bytes > size) throw damaged()
        yield chunk
      }
      if (bytes !== size || digestText(hash) !== digest) throw damaged()
    }
    const file = this.unnamed()
    try {
      await pipeline(content, checked, createWriteStream(file))
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
    await this.name(file, digest)
  }
}
