/** One stream of requests, read by the gateway and by Node, and what the comparison says. */
import type { Random } from '../random.ts'
import { compare, type Verdict } from './compare.ts'
import { GatewayReader } from './gateway-reader.ts'
import { NodeParser } from './node-parser.ts'

export class Differential {
  readonly #gateway: GatewayReader
  readonly #node: NodeParser

  private constructor(gateway: GatewayReader, node: NodeParser) {
    this.#gateway = gateway
    this.#node = node
  }

  static async start(): Promise<Differential> {
    return new Differential(await GatewayReader.start(), await NodeParser.start())
  }

  /** `splits`: where the stream is cut into pieces for the gateway. */
  async check(stream: string, splits: readonly number[] = []): Promise<Verdict> {
    const whole = GatewayReader.whole(stream)
    const ends = [...splits, whole.length]
    const pieces = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end))
    try {
      return compare(stream, await this.#gateway.read(pieces), await this.#node.read(whole))
    } catch (error) {
      return { disagreement: String(error), agreed: 0, justified: [] }
    }
  }

  async stop(): Promise<void> {
    await this.#gateway.stop()
    await this.#node.stop()
  }
}

/** One stream in four comes in pieces. */
export function splitsOf(random: Random, stream: string): readonly number[] {
  if (!random.onceIn(4) || stream.length === 0) return []
  return Array.from({ length: 1 + random.below(3) }, () => random.below(stream.length)).toSorted((a, b) => a - b)
}
