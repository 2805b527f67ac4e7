/** A process that logs more than its stdout takes, says how much it dropped, and ends when it is told to. */
import { systemClock } from '../../../../src/gateway/clock.ts'
import { Log } from '../../../../src/gateway/observability/log.ts'

const log = new Log(systemClock, 'info', 'sha256:0')
for (let line = 0; line < 20_000; line++) log.event('info', 'noise', { padding: 'x'.repeat(100) })

setImmediate(() => {
  log.flush()
  setImmediate(() => process.send?.(log.dropped))
})

process.on('message', () => {
  log.event('error', 'last-words')
  log.flushSync()
  process.exit(0)
})
