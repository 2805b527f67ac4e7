/** Unique ids for X-Request-Id: random for the process, counted within it. */
import { randomBytes } from 'node:crypto'

export class RequestIds {
  readonly #prefix: string = `${randomBytes(8).toString('hex')}-`
  #count: number = 0

  next(): string {
    return this.#prefix + ++this.#count
  }
}
