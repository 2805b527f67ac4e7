/**
 * The capability `throttle-redis`: several gateways count together, in a Redis. Each thread is a holder of its own: what it holds dies with it
 * alone.
 */
import crypto from 'node:crypto'
import type { SharedStorePlan } from '../../contract/plan/shared-store.ts'
import type { ThrottleRedisCapability } from '../capabilities/throttle.ts'
import type { Refusal } from '../exchange.ts'
import { parseRedisUrl, type RedisAddress } from '../redis/redis-address.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import type { AskingRequest, SharedCounting, StepEnd } from '../shared-counting.ts'
import { windowPart } from '../window-part.ts'
import { AwayCounts } from './away-counts.ts'
import { limitNames, windowName } from './counter-names.ts'
import { FleetKey } from './fleet-key.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { askForLeases, type NeededLease, neededLeases } from './leased-counting.ts'
import { LeasedWindow } from './leased-window.ts'
import { ledgerClient } from './ledger-client.ts'
import { LedgerStore } from './ledger-store.ts'
import { askStrictly } from './strict-counting.ts'
import { StrictQuestions } from './strict-questions.ts'
import { StrictWindow } from './strict-window.ts'
import { memoryOf, termsOf } from './terms.ts'

/** Characters, as `openssl rand -hex 16` gives them. */
const shortestSecret = 32
/** Times that a request asks, before it is treated as if Redis were away. */
const mostAsked = 4
/** Requests of a thread that wait at the same time. */
const mostWaiting = 10_000

const unknown: Refusal = { kind: 'quota-unknown', fields: 'Retry-After: 1\r\n', reason: 'throttle-store' }

export const throttleRedisCapability: ThrottleRedisCapability = async (surroundings) => {
  const { plan, values, clock, metrics, warn, atEnd } = surroundings
  const { store: stored, capacity } = plan.throttling
  if (stored === null) throw new Error('the plan counts in this process alone')
  const addresses = addressesOf(stored, values)
  const key = new FleetKey(secretOf(stored, values) ?? addresses[0]?.password ?? '', plan.name)
  const holder = crypto.randomBytes(9).toString('base64url')
  const figures = { away: 1, waits: 0, waiting: 0, judgedAway: 0 }
  metrics.throttleStore = figures
  const store = await LedgerStore.open({
    client: ledgerClient(addresses, stored.authorities, stored.topology),
    mark: key.mark,
    holder,
    timeout: stored.timeout,
    changed: (away, why) => {
      figures.away = away ? 1 : 0
      if (why !== '') warn('throttle-store', away ? `${why}: ${inWords[stored.whenAway]}` : why)
    },
  })
  const away = new AwayCounts(capacity)
  const keeper = new LeaseKeeper({ store, key, holder, clock, away })
  const questions = new StrictQuestions({ store, key, clock, away })
  atEnd(() => void keeper.end().then(() => store.close()))

  const judgeAway = (request: AskingRequest): StepEnd => {
    figures.judgedAway++
    if (stored.whenAway === 'deny') return unknown
    if (stored.whenAway === 'allow') return undefined
    const { end, counted } = request.alone()
    if (end === undefined) noteAlone(request.exchange, counted)
    return end
  }
  const noteAlone = (exchange: AskingRequest['exchange'], counted: AskingRequest['counted']): void => {
    const noted: { readonly low: number; readonly high: number }[] = []
    for (let index = 0; index < counted.size; index++) {
      const { plan: window } = counted.counters[index]!
      if (window.unit !== 'requests' || counted.cell[index]! < 0) continue
      const [low, high] = [counted.low[index]!, counted.high[index]!]
      away.add(low, high, 1, memoryOf(window), clock.monotonic())
      noted.push({ low, high })
    }
    const { spent } = exchange
    if (spent === null) return
    exchange.spent = {
      keep: () => spent.keep(),
      giveBack: () => {
        spent.giveBack()
        for (const { low, high } of noted) away.takeBack(low, high, 1)
      },
    }
  }
  const askLeased = async (request: AskingRequest, needed: readonly NeededLease[]): Promise<Refusal | undefined> =>
    (await askForLeases(needed, keeper)) ? await request.again() : await judgeAway(request)
  const askStrict = async (request: AskingRequest): Promise<Refusal | undefined> => {
    const verdicts = await askStrictly(request, questions)
    return await (verdicts === null ? judgeAway(request) : questions.with(verdicts, request.again))
  }

  const counting: SharedCounting = {
    seed: key.seed,
    names: limitNames(plan),
    windowName,
    alone: (window) => windowPart(window, stored.replicas),
    window: (window, local, owners, calendar) => {
      const terms = termsOf(window, calendar)
      if (stored.mode === 'strict') return new StrictWindow(terms, owners, questions)
      return new LeasedWindow(terms, owners, local, keeper)
    },
    ask: (request) => {
      if (store.away || request.asked >= mostAsked || figures.waiting >= mostWaiting) return judgeAway(request)
      const needed = stored.mode === 'strict' ? [] : neededLeases(request)
      if (needed === null) return judgeAway(request)
      figures.waits += request.asked === 0 ? 1 : 0
      figures.waiting++
      return (stored.mode === 'strict' ? askStrict(request) : askLeased(request, needed)).finally(() => figures.waiting--)
    },
  }
  return counting
}

const inWords = {
  local: 'this gateway counts alone',
  deny: 'requests with a limit are refused',
  allow: 'limits do not hold',
} as const satisfies Readonly<Record<SharedStorePlan['whenAway'], string>>

/** Nothing of the value is repeated: it may hold a password. */
function addressesOf({ urls, plainTcp, authorities }: SharedStorePlan, values: ReadonlyMap<string, string>): readonly RedisAddress[] {
  return urls.map((url) => {
    const subject = `${settingsIn(url) || 'the address'} (Redis for throttling)`
    const address = parseRedisUrl(settle(url, values))
    if (address === null) throw new StartError(`${subject} must be a URL like rediss://host:port`)
    if (!address.confidential && !plainTcp) throw new StartError(`${subject} must be a rediss URL: it is on another machine`)
    if (!address.secure && authorities.length > 0) throw new StartError(`${subject} must be a rediss URL: authorities are given for it`)
    return address
  })
}

/** `null`: none is asked for. */
function secretOf({ secret }: SharedStorePlan, values: ReadonlyMap<string, string>): string | null {
  if (secret === null) return null
  const text = settle(secret, values)
  if (text.length >= shortestSecret) return text
  throw new StartError(`${settingsIn(secret)} (secret of what is counted together) must have ${shortestSecret} characters`)
}
