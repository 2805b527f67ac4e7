/** A backend's `Vary` (RFC 9110 §12.5.5) for an answer that depends on the origin as well. */
export function withOrigin(vary: string): string {
  const names = vary
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  // `*` says all there is to say.
  if (names.includes('*')) return '*'
  return names.some((name) => name.toLowerCase() === 'origin') ? names.join(', ') : [...names, 'Origin'].join(', ')
}
