// gRPC's framing, of messages whose only field is a text: enough for this sample. A real client or server is made from the .proto file.

/** Flag, length in four bytes, then field 1 of kind `string`: its length, and up to 120 bytes. */
export function encode(text) {
  const bytes = Buffer.from(text)
  if (bytes.length > 120) throw new RangeError('a text has up to 120 bytes here')
  return Buffer.concat([Buffer.from([0, 0, 0, 0, bytes.length + 2, 0x0a, bytes.length]), bytes])
}

/** The texts of all messages in a body. */
export function decode(body) {
  const texts = []
  for (let start = 0; start < body.length; ) {
    const end = start + 5 + body.readUInt32BE(start + 1)
    texts.push(body.toString('utf8', start + 7, end))
    start = end
  }
  return texts
}
