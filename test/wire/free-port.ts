import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that a system gives out by itself: nobody else gets one while who has it is away, or has not begun yet. */
const [lowest, below] = [15_000, 30_000]
const given = new Set<number>()

/** A loopback port that nobody listens on, and that is handed out once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, below)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
