/** The signals that ask a long-running command to stop. */
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Aborted by the first of them. */
export function stopRequested(): AbortSignal {
  const controller = new AbortController()
  onStopSignal(() => controller.abort())
  return controller.signal
}

/** Calls back for each of them, instead of what Node does by default: to end at once. */
export function onStopSignal(stop: () => void): void {
  for (const signal of stopSignals) process.on(signal, stop)
}
