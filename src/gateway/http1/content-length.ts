/** Digits only and a safe integer (RFC 9110 §8.6); -1 for anything else. */
export function parseContentLength(text: string): number {
  if (!/^[0-9]{1,16}$/.test(text)) return -1
  const length = Number(text)
  return Number.isSafeInteger(length) ? length : -1
}
