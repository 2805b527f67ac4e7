/** Waiting for a state, and never for a time. */
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds: longer than anything takes that a test waits for, on a machine that is busy with other things. */
const patience = 60_000

/** Resolves when the other side takes no more of what is written to this socket. */
export async function stuck(socket: Socket): Promise<void> {
  let taken = -1
  let looks = 0
  await until(() => {
    const before = taken
    taken = socket.bytesWritten - socket.writableLength
    looks = taken === before ? looks + 1 : 0
    // Whoever takes it is in this process: it had its turn between two looks.
    return looks === 20 && socket.writableLength > 0
  }, 'all that was written to a socket has been taken')
}

/** Asks again and again whether this holds; what never does fails, and says what it was. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string) = `waited in vain: ${holds}`,
): Promise<void> {
  for (const end = performance.now() + patience; !(await holds()); await pause(5))
    if (performance.now() > end) throw new Error(typeof what === 'string' ? what : what())
}
