/** What no step of a gateway does: it ends its thread, or holds it up. */
import type { ThrottleCapability } from '../../../../src/gateway/capabilities/throttle.ts'
import type { Step } from '../../../../src/gateway/exchange.ts'

/** What a message may quote, and a log must not. */
export const secret = 'a-secret-of-a-request'

const bugs: Readonly<Record<string, Step>> = {
  throws: () => {
    setImmediate(() => {
      throw new Error(secret)
    })
    return undefined
  },
  hangs: () => {
    for (;;);
  },
  eats: () => {
    const eaten: unknown[] = []
    for (let count = 0; ; count++) eaten.push({ count, text: `x${count}` })
  },
}

/** Operations with the id of a bug have it as a step. */
export function withBugs(throttle: ThrottleCapability): ThrottleCapability {
  return (surroundings) => {
    const throttling = throttle(surroundings)
    return { ...throttling, throttle: (operation, fields) => bugs[operation.id] ?? throttling.throttle(operation, fields) }
  }
}
