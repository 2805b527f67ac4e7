/** What must not outlive the benchmark: processes and temporary folders, undone in reverse order however it ends. */

type Undo = () => Promise<void>

const pending: Undo[] = []
let interrupted = false

/** Whether a signal ends the benchmark: what fails from then on does so because its processes were ended. */
export function wasInterrupted(): boolean {
  return interrupted
}

/** Registers `undo` for the end of the benchmark; the returned function runs it now instead. */
export function atEnd(undo: Undo): Undo {
  pending.push(undo)
  return async () => {
    const index = pending.indexOf(undo)
    if (index < 0) return
    pending.splice(index, 1)
    await undo()
  }
}

/** Undoes all that is still registered, the latest first. */
export async function cleanUp(): Promise<void> {
  for (let undo = pending.pop(); undo !== undefined; undo = pending.pop()) await undo()
}

/** Ctrl-C and SIGTERM leave nothing behind either. */
export function cleanUpOnSignals(): void {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      interrupted = true
      cleanUp().finally(() => process.exit(status))
    })
  }
}
