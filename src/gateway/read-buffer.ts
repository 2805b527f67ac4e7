/**
 * One buffer that all connections are read into. Node otherwise allocates 64 KiB for each read, which costs a tenth of a proxied
 * request. What has been read is used up, or copied by whoever keeps it, before the next read of any connection.
 */
import type { OnReadOpts } from 'node:net'

export type OnData = (chunk: Buffer) => void

const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

export function onRead(onData: OnData): OnReadOpts {
  return {
    buffer: readBuffer,
    callback: (length) => {
      onData(readBuffer.subarray(0, length))
      return true
    },
  }
}
