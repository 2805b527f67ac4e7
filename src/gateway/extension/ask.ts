/** Runs an extension's function: within its time, and whatever it does, the request has a decision. */
import type { Refusal } from '../exchange.ts'
import { BadAnswer } from './bad-answer.ts'

export type Asking = {
  /** Milliseconds for an answer that does not come at once. */
  readonly timeout: number
  /** What happened, for the log. */
  readonly report: (problem: string) => void
  /** A step of the gateway's own that the extension has begun and that still works on the exchange; `null`: none. */
  readonly pending: () => Promise<unknown> | null
}

const failed: Refusal = { kind: 'extension-failed', fields: '', reason: 'extension-failed' }
const late: Refusal = { kind: 'extension-late', fields: 'Retry-After: 1\r\n', reason: 'extension-late' }

/** Where it was thrown, and nothing of what it says: that may quote the request. */
function placeOf(error: unknown): string {
  const lines = error instanceof Error ? String(error.stack).split('\n') : []
  const places = lines.filter((line) => /^ +at /.test(line)).slice(0, 5)
  return places.length === 0 ? '' : `: ${places.map((line) => line.trim()).join(', ')}`
}

/** `conclude` judges the answer, and throws BadAnswer for one that cannot be used. */
export function ask(
  call: () => unknown,
  conclude: (answer: unknown) => Refusal | undefined,
  { timeout, report, pending }: Asking,
): Refusal | undefined | Promise<Refusal | undefined> {
  const failure = (error: unknown): Refusal => {
    report(error instanceof BadAnswer ? error.message : `it threw${placeOf(error)}`)
    return failed
  }
  const finish = (answer: unknown): Refusal | undefined => {
    try {
      return conclude(answer)
    } catch (error) {
      return failure(error)
    }
  }
  let answer: unknown
  try {
    answer = call()
  } catch (error) {
    answer = Promise.reject(error)
  }
  if (!(answer instanceof Promise) && pending() === null) return finish(answer)
  return new Promise((resolve) => {
    // The exchange is another request's after the decision, so a step that still works on it is waited for.
    const decide = (decision: () => Refusal | undefined): void => {
      const own = pending()
      if (own === null) resolve(decision())
      else
        own.then(
          () => resolve(decision()),
          (error: unknown) => resolve(failure(error)),
        )
    }
    let over = false
    const once = (decision: () => Refusal | undefined): void => {
      if (over) return
      over = true
      clearTimeout(timer)
      decide(decision)
    }
    const timer = setTimeout(() => {
      report(`it did not answer within ${timeout} ms`)
      once(() => late)
    }, timeout)
    Promise.resolve(answer).then(
      (value) => once(() => finish(value)),
      (error: unknown) => once(() => failure(error)),
    )
  })
}
