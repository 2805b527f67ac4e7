/**
 * The forms in which proxies put a certificate into one line: RFC 9440 (`:base64:`), bare base64 of DER, PEM whose line ends became blanks,
 * PEM that is URL-encoded (nginx's `$ssl_client_escaped_cert`), and that one in the `Cert` of Envoy's X-Forwarded-Client-Cert.
 */

/** A certificate has one or two KB; three times as many characters where it is encoded most. */
const maximumText = 16 * 1024

/** One element and no more: several are of several proxies, one behind the other. */
const envoyElement = /^(?:[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;]*);)*Cert="([^"]*)"(?:;[A-Za-z]+=(?:"(?:[^"\\]|\\.)*"|[^",;]*))*$/

/** DER; `null` for a text that is none of these, or holds more than one certificate. */
export function certificateBytes(text: string): Buffer | null {
  if (text.length > maximumText) return null
  const base64 = base64In(text)
  if (base64 === null) return null
  const bytes = Buffer.from(base64, 'base64')
  // Decoding is lenient; encoding again is not.
  return bytes.length > 0 && bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '') ? bytes : null
}

function base64In(text: string): string | null {
  if (text.startsWith(':')) return text.length > 2 && text.endsWith(':') ? text.slice(1, -1) : null
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return text
  const quoted = envoyElement.exec(text)?.[1]
  const pem = decoded(quoted ?? text)
  const [, body] = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/.exec(pem) ?? []
  return body === undefined ? null : body.replace(/\s+/g, '')
}

function decoded(text: string): string {
  try {
    return text.includes('%') ? decodeURIComponent(text) : text
  } catch {
    return ''
  }
}
