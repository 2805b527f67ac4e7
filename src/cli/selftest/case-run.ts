/** Sends cases to a gateway, several operations at the same time, and judges what becomes of them. */
import type { GatewayUnderTest } from './gateway-under-test.ts'
import type { Outcome } from './outcome.ts'
import type { StandIns } from './stand-ins.ts'
import { bytesOf, judged, type Place, type Planned } from './test-case.ts'
import { WireClient } from './wire-client.ts'

export class CaseRun {
  readonly #gateway: GatewayUnderTest
  readonly #standIns: StandIns
  #number = 0

  constructor(gateway: GatewayUnderTest, standIns: StandIns) {
    this.#gateway = gateway
    this.#standIns = standIns
  }

  /** One after the other, over connections of their own. `place`: whose cases they are; `null` for those of nobody. */
  async run(cases: readonly Planned[], place: Place | null): Promise<readonly Outcome[]> {
    const client = new WireClient()
    const outcomes: Outcome[] = []
    for (const planned of cases) outcomes.push('kind' in planned ? planned : await this.#ask(client, planned, place))
    client.close()
    return outcomes
  }

  async #ask(client: WireClient, testCase: Exclude<Planned, { kind: 'not-tried' }>, place: Place | null): Promise<Outcome> {
    const { request } = testCase
    const number = this.#number++
    const { http, https } = this.#gateway
    if (request.secure && https === null) return { kind: 'not-tried', test: testCase.test, why: 'the gateway does not listen for TLS' }
    const way = { port: request.secure ? (https ?? http) : http, secure: request.secure, certificate: request.certificate }
    // Each caller has an address of its own: who guesses passwords, or is limited by address, is nobody else.
    const address = `198.18.${(number >> 8) & 255}.${number & 255}`
    const answer = await client.ask(way, bytesOf(request, String(number), address), request.method)
    return judged(testCase, answer, this.#standIns.takeSeen(String(number)), place)
  }
}

/** Does `work` for every entry, at the most `width` at a time; results in the order of the entries. */
export async function eachOf<Entry, Result>(
  entries: readonly Entry[],
  width: number,
  work: (entry: Entry) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) results[index] = await work(entries[index]!)
  }
  await Promise.all(Array.from({ length: width }, lane))
  return results
}
