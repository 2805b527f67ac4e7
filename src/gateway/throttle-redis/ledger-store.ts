/** The Redis with the ledgers. Whatever is the matter with it, a script comes back soon, without a reply. */
import { createHash } from 'node:crypto'
import { type LedgerClient, within, wordFor } from './ledger-client.ts'
import { markScript } from './scripts.ts'

export type LedgerStoreParts = {
  readonly client: LedgerClient
  /** Name of the key by which a Redis that lost its memory is known. */
  readonly mark: string
  /** Of this thread of this gateway. */
  readonly holder: string
  /** Milliseconds for a script. */
  readonly timeout: number
  /** Told when it goes and when it is back. */
  readonly changed: (away: boolean, why: string) => void
}

export class Script {
  readonly text: string
  readonly digest: string

  constructor(text: string) {
    this.text = text
    this.digest = createHash('sha1').update(text).digest('hex')
  }
}

const startTime = 1_000
/** Scripts without a reply, one after another, after which it is away; and milliseconds between two tries then. */
const mostFailures = 3
const rest = 200
const mark = new Script(markScript)
/** Milliseconds between two looks whether Redis still has the mark. */
const markEvery = 3_600_000

export class LedgerStore {
  readonly #parts: LedgerStoreParts
  #failures: number = 0
  #looking: Promise<void> | null = null
  readonly #marks: NodeJS.Timeout
  #mark: string = ''
  #marked: boolean = false
  #away: boolean = true
  /** Whether that is known has been said. */
  #told: boolean = false
  /** Number of the connection: another one may lead to a Redis with another clock. */
  connection: number = 0
  /** Milliseconds of Redis' time when it lost what it knew; 0: never. */
  lost: number = 0

  private constructor(parts: LedgerStoreParts) {
    this.#parts = parts
    const { client } = parts
    client.on('ready', () => {
      this.connection++
      void this.#look()
    })
    client.on('error', (error) => {
      if (!client.isReady) this.#goes(`no connection to Redis: ${wordFor(error)}`)
    })
    this.#marks = setInterval(() => void this.#look(), markEvery)
    this.#marks.unref()
  }

  /** Connects, now or later: it goes on trying. */
  static async open(parts: LedgerStoreParts): Promise<LedgerStore> {
    const store = new LedgerStore(parts)
    const connected = parts.client.connect().then(
      () => store.#look(),
      (error: unknown) => store.#goes(`no connection to Redis: ${wordFor(error)}`),
    )
    await within(startTime, connected)
    if (store.#away) store.#goes('no connection to Redis yet')
    return store
  }

  get away(): boolean {
    return this.#away
  }

  /** `null`: no reply in time, or none at all. Never rejects. */
  async run(script: Script, keys: readonly string[], words: readonly string[]): Promise<readonly unknown[] | null> {
    if (!this.#parts.client.isReady || !this.#marked) return null
    return await this.#run(script, keys, words)
  }

  close(): void {
    clearInterval(this.#marks)
    this.#parts.client.end()
  }

  async #run(script: Script, keys: readonly string[], words: readonly string[]): Promise<readonly unknown[] | null> {
    const reply = await within(this.#parts.timeout, this.#evaluate(script, keys, words))
    if (Array.isArray(reply)) {
      this.#failures = 0
      return reply
    }
    this.#failures++
    if (this.#failures >= mostFailures) this.#goes(reply === undefined ? 'Redis does not answer in time' : 'Redis refuses scripts')
    return null
  }

  async #evaluate(script: Script, keys: readonly string[], words: readonly string[]): Promise<unknown> {
    const { client } = this.#parts
    const rest = [String(keys.length), ...keys, ...words]
    try {
      return await client.run(['EVALSHA', script.digest, ...rest])
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) return null
    }
    return await client.run(['EVAL', script.text, ...rest]).catch(() => null)
  }

  /** Before anything else on a connection, and when it was away: whether this Redis still knows what it was told. */
  #look(): Promise<void> {
    this.#marked = false
    this.#looking ??= this.#readMark().finally(() => {
      this.#looking = null
      // It came back while nobody looked any more.
      if (this.#parts.client.isReady && !this.#marked) void this.#look()
    })
    return this.#looking
  }

  async #readMark(): Promise<void> {
    while (this.#parts.client.isReady && !this.#marked) {
      const reply = await this.#run(mark, [this.#parts.mark], [this.#mark, this.#parts.holder])
      if (reply === null) {
        await new Promise((resolve) => setTimeout(resolve, rest).unref())
        continue
      }
      const [found, lost] = reply.map(String)
      this.#mark = found ?? ''
      this.lost = Number(lost)
      this.#marked = true
    }
    if (this.#marked) this.#comes()
  }

  #goes(why: string): void {
    if (this.#away && this.#told) return
    this.#away = true
    this.#told = true
    this.#parts.changed(true, why)
    if (this.#parts.client.isReady) void this.#look()
  }

  #comes(): void {
    if (!this.#away) return
    this.#away = false
    this.#parts.changed(false, this.#told ? 'Redis is back' : '')
    this.#told = false
  }
}
