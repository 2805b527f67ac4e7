/**
 * Loaded into a gateway's process before the gateway: the clock stands still there, so that no window of a limit ends while its requests
 * are counted, and goes on only when the parent says by how much. The gateway's own code is what it is: it asks `Date.now` and
 * `performance.now`, and timers run as ever.
 */
const heldNow = Date.now()
const heldMonotonic = performance.now()
let passed = 0

Date.now = () => heldNow + passed
performance.now = () => heldMonotonic + passed

process.on('message', (milliseconds) => {
  if (typeof milliseconds !== 'number') return
  passed += milliseconds
  process.send?.(Date.now())
})
