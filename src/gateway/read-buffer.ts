/**
 * One buffer that all connections are read into. Node otherwise allocates 64 KiB for each read, which costs a tenth of a proxied
 * request. What has been read is used up, or copied by whoever keeps it, before the next read of any connection.
 */
import type { OnReadOpts } from 'node:net'

export type OnData = (chunk: Buffer) => void

export type StreamOptions = {
  readonly onread: OnReadOpts
  /** Bytes that may wait to be written to one connection before its other side is paused: more than one read brings. */
  readonly writableHighWaterMark: number
}

const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** How every connection is read and written, for clients and backends alike. */
export function streamOptions(onData: OnData): StreamOptions {
  return {
    onread: {
      buffer: readBuffer,
      callback: (length) => {
        onData(readBuffer.subarray(0, length))
        return true
      },
    },
    writableHighWaterMark: 128 * 1024,
  }
}
