/** The blobs of an image that is being written: files named by their digest, in the folder of an OCI layout. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
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
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`
    await writeFile(this.path(digest), content)
    return { mediaType, digest, size: content.length }
  }

  /** Takes a blob from the file `from`. Throws an ImageError where that has another digest or size. */
  async copy({ digest, size }: Descriptor, from: string): Promise<void> {
    const hash = createHash('sha256')
    let bytes = 0
    const file = this.unnamed()
    await pipeline(
      createReadStream(from),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          bytes += chunk.length
          yield chunk
        }
      },
      createWriteStream(file),
    )
    if (bytes !== size || `sha256:${hash.digest('hex')}` !== digest) {
      throw new ImageError(`The base image is damaged: its blob ${digest} is another.`, 'Fetch it again.')
    }
    await this.name(file, digest)
  }
}
