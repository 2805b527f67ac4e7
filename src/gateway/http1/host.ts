/** One host and an optional port (RFC 9110 §7.2), without user, path, comma or white space. */
export function isHost(text: string): boolean {
  return /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+;=%-]{1,255})(?::[0-9]{1,5})?$/.test(text)
}
