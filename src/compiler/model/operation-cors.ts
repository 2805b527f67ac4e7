/** The CORS of one operation: what the nearest level says, as a whole. */
import type { Method } from '../../contract/plan/method.ts'
import type { WrittenCors } from './cors.ts'
import type { Definition } from './definition.ts'
import type { Cors, Upgrade } from './types/operation.ts'
import type { Placed } from './types/placed.ts'

/** What the levels say, the nearest first. */
type Levels = readonly [operation: Placed<WrittenCors> | null, path: Placed<WrittenCors> | null, root: Placed<WrittenCors> | null]

export function operationCors(
  [own, ...above]: Levels,
  method: Method,
  upgrade: Placed<Upgrade> | null,
  { diagnostics }: Definition,
): Placed<Cors> | null {
  if (own !== null && own.value !== 'off') {
    if (upgrade !== null) diagnostics.report('impossible-cors', own.at, 'browsers do not apply CORS to an operation with an upgrade')
    else if (own.value.methods !== 'any' && !own.value.methods.includes(method)) {
      const message = `\`methods\` leaves out ${method}, the method of this operation`
      diagnostics.report('impossible-cors', own.at, message, 'Add it, or write `cors: off`.')
    }
  }
  const said = own ?? above.find((each) => each !== null) ?? null
  if (said === null || said.value === 'off' || upgrade !== null) return null
  return { value: said.value, at: said.at }
}
