/** Those error codes of RFC 9113 §7 that the gateway gives: node:http2, which has them all, is loaded when the first client needs it. */
export const errorCodes = {
  none: 0x0,
  refusedStream: 0x7,
  enhanceYourCalm: 0xb,
} as const
