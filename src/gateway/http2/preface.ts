/** How a client that knows that the server speaks HTTP/2 begins a cleartext connection (RFC 9113 §3.3, §3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** Whether a connection's first bytes are the preface, or may become it. */
export function readPreface(first: Buffer): boolean | 'incomplete' {
  const length = Math.min(first.length, preface.length)
  if (first.compare(preface, 0, length, 0, length) !== 0) return false
  return length === preface.length ? true : 'incomplete'
}
