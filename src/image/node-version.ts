/** The version of Node that a binary is: it holds the address of its own source code. */

/** As in `https://nodejs.org/download/release/v26.10.0/node-v26.10.0.tar.gz`. */
const address = /nodejs\.org\/download\/[a-z-]+\/v(\d{1,3}\.\d{1,3}\.\d{1,3})[/-]/

/** Longer than what is looked for. */
const overlap = 128

/** Looks through a file that comes in pieces. */
export class VersionSearch {
  version: string | null = null
  #end: Buffer = Buffer.alloc(0)

  add(chunk: Uint8Array): void {
    if (this.version !== null) return
    const text = Buffer.concat([this.#end, chunk])
    this.version = address.exec(text.toString('latin1'))?.[1] ?? null
    this.#end = text.subarray(-overlap)
  }
}
