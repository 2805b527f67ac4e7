/** What a tier may be, in either form of policies.yaml. */

/** The tier that limits nothing; it is always known and needs no definition. */
export const unlimitedTier = 'Unlimited'

/** Counters are 32-bit. */
export const mostRequests = 2 ** 31 - 1
/** Milliseconds. */
export const shortestWindow = 100
export const longestWindow = 365 * 86_400_000
/** Bytes. */
export const mostBandwidth = 2 ** 50
export const mostWindows = 10
