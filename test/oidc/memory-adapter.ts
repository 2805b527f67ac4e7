/** What oidc-provider remembers, kept over its restarts. */
import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider'

export function memoryAdapter(): AdapterConstructor {
  const stored = new Map<string, AdapterPayload>()

  return class MemoryAdapter implements Adapter {
    readonly #model: string

    constructor(model: string) {
      this.#model = model
    }

    async upsert(id: string, payload: AdapterPayload): Promise<void> {
      stored.set(this.#key(id), payload)
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      return stored.get(this.#key(id))
    }

    async findByUid(): Promise<undefined> {}

    async findByUserCode(): Promise<undefined> {}

    async consume(id: string): Promise<void> {
      const payload = stored.get(this.#key(id))
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000)
    }

    async destroy(id: string): Promise<void> {
      stored.delete(this.#key(id))
    }

    async revokeByGrantId(): Promise<void> {}

    #key(id: string): string {
      return `${this.#model}:${id}`
    }
  }
}
