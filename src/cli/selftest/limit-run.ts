/** Uses limits up, one operation after the other, in a gateway of their own. */

import { type Carried, emptyHanded } from './callers.ts'
import { ownStepOf } from './case-makers.ts'
import type { GatewayUnderTest } from './gateway-under-test.ts'
import { type LimitPlanned, type LimitTest, limitTestOf } from './limit-plan.ts'
import type { Outcome } from './outcome.ts'
import type { StandIns } from './stand-ins.ts'
import { bytesOf, judged, type Place, passes, requestFor, type TestCase } from './test-case.ts'
import type { WayIn } from './ways-in.ts'
import { WireClient } from './wire-client.ts'

/** Milliseconds of held time after which a gateway is started anew rather than that more of it passes: keys expire. */
const mostHeld = 20 * 86_400_000
/** Milliseconds, far less than anything comes back in. */
const moment = 0.001
/** Refused before anything is counted; the gateway looks at its clock for it. Otherwise it does so once a second. */
const uncounted = Buffer.from('GET /%00 HTTP/1.1\r\nHost: selftest\r\nConnection: close\r\n\r\n')
/** Starts for windows that are longer. */
const mostStarts = 20

type Started = { readonly gateway: GatewayUnderTest; readonly heldSince: number }

export class LimitRun {
  readonly #start: () => Promise<GatewayUnderTest>
  readonly #standIns: StandIns
  readonly #scale: (amount: number) => number
  readonly #client = new WireClient()
  #started: Started | null = null
  #starts = 0
  #number = 0
  /** Milliseconds since the epoch, in the gateway. */
  now: number = Date.now()

  constructor(start: () => Promise<GatewayUnderTest>, standIns: StandIns, scale: (amount: number) => number) {
    this.#start = start
    this.#standIns = standIns
    this.#scale = scale
  }

  async run(place: Place): Promise<readonly Outcome[]> {
    const test = 'a request more than the limit'
    const [way] = place.ways
    const planned: LimitPlanned =
      way === undefined ? { kind: 'none' } : limitTestOf(place.operation, way, place.callers.manifest, this.#scale)
    if (way === undefined || planned.kind === 'none') return []
    if (planned.kind === 'not-tried') return [{ ...planned, test }]
    const own = ownStepOf(place)
    if (own !== null) return [{ kind: 'not-tried', test, why: own }]
    if (!(await this.#isFresh(planned, way)))
      return [{ kind: 'not-tried', test, why: `more than ${mostStarts} windows that are too long to be waited for` }]
    const carried = await this.#carried(place, way)
    return 'why' in carried ? [{ kind: 'not-tried', test, why: carried.why }] : [await this.#useUp(place, carried, planned)]
  }

  async stop(): Promise<void> {
    this.#client.close()
    await this.#started?.gateway.stop()
  }

  async #carried(place: Place, way: WayIn): Promise<Carried | { readonly why: string }> {
    if (way.needs.size === 0) return emptyHanded
    const issuer = way.needs.has('token') ? place.callers.manifest.issuers.findIndex(({ issuer: name }) => name === way.issuers[0]) : null
    const carried = await place.callers.carry(place, way, issuer)
    const proven = !('why' in carried) && carried.fields.some((line) => line.startsWith('DPoP: '))
    return proven ? { why: 'each request would need a proof of its own' } : carried
  }

  /** Nothing is counted yet of what the test will use up. */
  async #isFresh({ shared, forgottenAfter }: LimitTest, way: WayIn): Promise<boolean> {
    const anew = !shared && (way.needs.size === 0 || way.needs.has('token'))
    const { now } = this
    if (this.#started === null || (!anew && now + forgottenAfter - this.#started.heldSince > mostHeld)) {
      if (this.#starts++ > mostStarts) return false
      await this.stop()
      const gateway = await this.#start()
      this.now = await gateway.advance(0)
      this.#started = { gateway, heldSince: this.now }
    } else if (!anew) {
      // Idle connections are closed when so much time passes.
      this.#client.close()
      this.now = await this.#started.gateway.advance(forgottenAfter)
      await this.#lookAtClock(this.#started.gateway)
    }
    return true
  }

  /** Until it does, it takes a new connection for one that came before the time had passed, and closes it for having rested so long. */
  async #lookAtClock({ http }: GatewayUnderTest): Promise<void> {
    await this.#client.ask({ port: http, secure: false, certificate: null }, uncounted, 'GET')
  }

  async #useUp(place: Place, carried: Carried, { limit, certified, amount, as }: LimitTest): Promise<Outcome> {
    const scaled = amount === certified ? '' : `, of which ${amount} stand here`
    const test = `limit ${limit.tier} (${limit.level}): ${certified}${scaled}, and one more`
    const request = requestFor(place, carried)
    const passing: TestCase = { test, request, expected: passes(place) }
    const address = `198.19.${(this.#number >> 8) & 255}.${this.#number++ & 255}`
    const cases = [...Array.from({ length: amount }, () => passing), { test, request, expected: { kind: 'refused', as } } as const]
    const even = limit.windows.some(({ algorithm }) => algorithm === 'gcra')
    const alone = even || place.operation.upgrade !== null
    const outcomes = alone ? await this.#slowly(cases, place, address) : await this.#askAll(cases, place, address)
    const failed = outcomes.findIndex(({ kind }) => kind !== 'passed')
    const outcome = outcomes[failed]
    if (outcome === undefined) return { kind: 'passed', test }
    return outcome.kind === 'failed' ? { ...outcome, found: `request ${failed + 1}: ${outcome.found}` } : outcome
  }

  /** An even rate counts in fractions of its interval, and rounds against the caller: a moment passes between two requests. */
  async #slowly(cases: readonly TestCase[], place: Place, address: string): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (const testCase of cases) {
      await this.#started?.gateway.advance(moment)
      outcomes.push(...(await this.#askAll([testCase], place, address)))
    }
    return outcomes
  }

  /** All of them at once, on one connection. */
  async #askAll(cases: readonly TestCase[], place: Place, address: string): Promise<readonly Outcome[]> {
    const { gateway } = this.#started!
    const { secure, certificate, method } = cases[0]!.request
    const ids = cases.map(() => `limit-${this.#number++}`)
    const way = { port: secure ? (gateway.https ?? gateway.http) : gateway.http, secure, certificate }
    const requests = cases.map(({ request }, index) => bytesOf(request, ids[index]!, address))
    const answers = await this.#client.askAll(way, requests, method)
    return cases.map((testCase, index) => judged(testCase, answers[index]!, this.#standIns.takeSeen(ids[index]!), place))
  }
}
