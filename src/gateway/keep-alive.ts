/**
 * Milliseconds of silence after which the system asks whether the peer is still there, on connections that may rest without bound: TCP
 * keep-alive finds a peer that has gone without a word.
 */
export const keepAliveProbesAfter = 60_000
