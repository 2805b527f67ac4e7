/** Close frames that the gateway itself sends (RFC 6455 §5.5.1). */
import { randomFillSync } from 'node:crypto'

/** RFC 6455 §7.4.1. */
export const closeCodes = { goingAway: 1001, protocolError: 1002, policyViolation: 1008, messageTooBig: 1009 } as const

/** `masked`: towards a server, where each frame has a key of its own (RFC 6455 §5.3). `text`: a few words, at most 123 bytes. */
export function closeFrame(code: number, text: string, masked: boolean): Buffer {
  const payload = Buffer.alloc(2 + Buffer.byteLength(text))
  payload.writeUInt16BE(code)
  payload.write(text, 2)
  if (!masked) return Buffer.concat([Buffer.from([0x88, payload.length]), payload])
  const key = randomFillSync(Buffer.alloc(4))
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ key[index % 4]!
  return Buffer.concat([Buffer.from([0x88, 0x80 | payload.length]), key, payload])
}
