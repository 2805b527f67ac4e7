/** Garbage collections in the middle of a turn: behind what one socket has got, and before what waits for the end of the turn. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export class Collector {
  readonly #server: Server
  readonly #here: Socket
  readonly #there: Socket
  #collected: () => void = () => {}

  private constructor(server: Server, here: Socket, there: Socket) {
    this.#server = server
    this.#here = here
    this.#there = there
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    there.on('data', () => {
      collect()
      this.#collected()
    })
  }

  static async start(): Promise<Collector> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const here = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [there] = (await once(server, 'connection')) as [Socket]
    return new Collector(server, here, there)
  }

  /** Collects as soon as what this turn has written to other sockets before has been read. */
  collect(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#collected = resolve
    this.#here.write('x')
    return promise
  }

  async stop(): Promise<void> {
    this.#here.destroy()
    this.#there.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
