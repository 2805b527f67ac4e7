/**
 * Writes content that stands in the shared read buffer. A write may have to wait for its reader, so that it needs a copy; the buffers
 * for large copies are used again, because memory that is given up at this rate keeps the garbage collector busy.
 */
import type { Socket } from 'node:net'

const size = 64 * 1024
/** Content below this length is copied into memory of its own, which Node takes from a slab. */
const worthwhile = 8 * 1024
const maximumFree = 64

const free: Buffer[] = []

/** False: wait for the socket to drain. */
export function writeCopy(socket: Socket, chunk: Buffer, start: number, end: number): boolean {
  const length = end - start
  if (length < worthwhile || length > size) return socket.write(Buffer.from(chunk.subarray(start, end)))
  const buffer = free.pop() ?? Buffer.allocUnsafeSlow(size)
  chunk.copy(buffer, 0, start, end)
  return socket.write(buffer.subarray(0, length), () => {
    if (free.length < maximumFree) free.push(buffer)
  })
}
