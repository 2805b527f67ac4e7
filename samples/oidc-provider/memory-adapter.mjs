// What the provider remembers (clients, tokens), so that it still knows them when its keys have changed.
const stored = new Map()

export class MemoryAdapter {
  #model

  constructor(model) {
    this.#model = model
  }

  async upsert(id, payload) {
    stored.set(`${this.#model}:${id}`, payload)
  }

  async find(id) {
    return stored.get(`${this.#model}:${id}`)
  }

  async destroy(id) {
    stored.delete(`${this.#model}:${id}`)
  }
}
