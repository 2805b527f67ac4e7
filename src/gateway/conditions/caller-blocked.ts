/** What callers are told who are denied, whichever list says so. */
import type { Refusal } from '../exchange.ts'

export const callerBlocked: Refusal = { kind: 'caller-blocked', fields: '', reason: 'denied' }
