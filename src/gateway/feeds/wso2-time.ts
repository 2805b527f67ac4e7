/** WSO2's times: milliseconds since the epoch. */

/** Times below are seconds, whatever a source calls them: as milliseconds they were in 1973, and what ended then would bar nothing. */
const fewestMilliseconds = 100_000_000_000

/** From a number or its digits. `null` for anything else, and for 0, which stands for none. */
export function wso2Seconds(value: unknown): number | null {
  const time = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  if (typeof time !== 'number' || !Number.isFinite(time) || time <= 0) return null
  return Math.ceil(time < fewestMilliseconds ? time : time / 1000)
}
