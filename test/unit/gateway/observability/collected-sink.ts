/** A stdout that a test can block, and read. */
import type { LogSink } from '../../../../src/gateway/observability/log-output.ts'

export class CollectedSink implements LogSink {
  text: string = ''
  writes: number = 0
  /** While true, nothing that is written comes to an end. */
  blocked: boolean = false
  #waiting: (() => void) | null = null

  write: LogSink['write'] = (bytes, done) => {
    this.writes++
    const finish = () => {
      this.text += Buffer.from(bytes).toString('utf8')
      done()
    }
    if (this.blocked) this.#waiting = finish
    else setImmediate(finish)
  }

  writeSync: LogSink['writeSync'] = (bytes) => {
    this.text += Buffer.from(bytes).toString('utf8')
    return bytes.length
  }

  unblock(): void {
    this.blocked = false
    this.#waiting?.()
    this.#waiting = null
  }

  get lines(): readonly string[] {
    return this.text.split('\n').slice(0, -1)
  }
}
