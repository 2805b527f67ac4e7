/**
 * The capability `traffic-manager`: a Traffic Manager of WSO2 counts for all gateways. It is told of each request that passed, and says
 * afterwards which keys are throttled and who is blocked. One thread hears it for all; each thread tells it of its own requests.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { LimitPlan } from '../../contract/plan/limit.ts'
import type { TrafficManagerPlan } from '../../contract/plan/traffic-manager.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { amqpTarget } from '../amqp/amqp-address.ts'
import { followTopic } from '../amqp/follow-topic.ts'
import { openService } from '../calls/open-service.ts'
import type { Surroundings } from '../capabilities/surroundings.ts'
import type { TrafficManagerCapability } from '../capabilities/throttle.ts'
import type { Clock } from '../clock.ts'
import { HashTable } from '../hash-table/hash-table.ts'
import { windowPart } from '../window-part.ts'
import { blockedCallers } from './blocked-callers.ts'
import { Board } from './board.ts'
import { OperationKeys } from './caller-keys.ts'
import { Decisions } from './decisions.ts'
import { EventQueue } from './event-queue.ts'
import { Follower } from './follower.ts'
import { Hearing } from './hearing.ts'
import { authorization, getList, isRefusal, postEvents, problemOf } from './http-calls.ts'
import { ManagedThrottle } from './managed-throttle.ts'

/** Milliseconds of silence after which it is away: it is asked every two seconds, and has five for an answer. */
const longestSilence = 10_000

/** Milliseconds for which the start waits for it. */
const startTime = 1_000

/** Milliseconds between two lines about messages that make no sense, or events that are refused. */
const tellEvery = 60_000

export const trafficManagerCapability: TrafficManagerCapability = async (surroundings, throttle) => {
  const { plan, clock, metrics, shared, thread, warn, atEnd } = surroundings
  const { trafficManager: manager, capacity } = plan.throttling
  if (manager === null) throw new Error('the plan has no Traffic Manager')
  const hearing = new Hearing(shared('traffic-manager', () => Hearing.make()))
  const decisions = new Decisions(
    hearing.seed,
    shared('traffic-manager-decisions', () => HashTable.make(capacity)),
  )
  const board = new Board(shared('traffic-manager-board', () => Board.make()))
  const service = await openService(manager.events, 'events for the Traffic Manager', aroundServices(surroundings))
  const headers = authorization(manager, surroundings.values)
  const say = teller(manager, warn)
  const events = new EventQueue({
    send: (body) => postEvents(service, headers, body),
    problemOf,
    isRefusal,
    changed: say('takes no events', 'takes events'),
    refused: nowAndThen(clock, (problem) =>
      warn('throttle-event-refused', `the Traffic Manager refuses an event: ${problem}: it is dropped`),
    ),
  })
  const figures = {
    judgedAway: 0,
    rejected: 0,
    waits: 0,
    events,
    get away() {
      return events.failing || hearing.full || hearing.silence(clock.monotonic()) > longestSilence ? 1 : 0
    },
    get decisions() {
      return decisions.size
    },
  }
  metrics.throttleStore = figures
  metrics.trafficManager = figures
  const ended = new AbortController()
  atEnd(() => {
    ended.abort()
    events.end()
    service.client.close()
  })
  if (thread.index === 0) await follow()

  const managed = new Set(manager.limits)
  const rest = throttle({ ...surroundings, plan: withLimits(plan, managed, (limit) => ({ ...limit, windows: [] })) })
  const alone = throttle({ ...surroundings, plan: withLimits(plan, managed, (limit) => partOf(limit, manager.replicas)) })
  const keyParts = { plan, tenant: manager.tenant, managed, callerLimits: alone.callerLimits, board, decisions }
  const parts = { surroundings, hearing, decisions, events, figures, whenAway: manager.whenAway }
  return {
    throttling: {
      readFields: alone.readFields,
      callerLimits: alone.callerLimits,
      throttle: (operation, fields) => {
        // An endpoint of a key manager is no API.
        if (operation.keyManager !== null) return rest.throttle(operation, fields)
        const keys = new OperationKeys(keyParts, operation)
        const index = plan.operations.indexOf(operation)
        const step = new ManagedThrottle(parts, index, keys, rest.throttle(operation, fields), alone.throttle(operation, fields))
        return (exchange) => step.run(exchange)
      },
    },
    denied: blockedCallers(surroundings, board, manager.tenant),
  }

  async function follow(): Promise<void> {
    if (manager === null) return
    if (decisions.size > 0) decisions.takeOver()
    const lists = await openService(manager.data, 'lists of the Traffic Manager', aroundServices(surroundings))
    atEnd(() => lists.client.close())
    const known = Promise.withResolvers<void>()
    const skipped = nowAndThen(clock, (problem) => warn('throttle-notice-skipped', problem))
    const changed = say('is not heard', 'is heard')
    const crowded = say('says more than there is room for', 'says no more than there is room for')
    const follower = new Follower({
      tenant: manager.tenant,
      list: (name) => getList(lists, headers, name),
      problemOf,
      clock,
      hearing,
      decisions,
      board,
      changed: (problem) => {
        changed(problem)
        if (problem === null) known.resolve()
      },
      crowded,
      rejected: () => {
        figures.rejected++
        skipped('a message of the Traffic Manager makes no sense')
      },
      ended: ended.signal,
    })
    const target = amqpTarget(manager.decisions, surroundings.values, 'the topic of the Traffic Manager')
    void followTopic(target, manager.decisions, follower, clock, ended.signal)
    await Promise.race([known.promise, wait(startTime, undefined, { ref: false })])
  }
}

const inWords = {
  local: 'this gateway counts alone',
  deny: 'requests are refused',
  allow: 'its limits do not hold',
} as const satisfies Readonly<Record<TrafficManagerPlan['whenAway'], string>>

/** Tells an operator of changes, each kind of trouble once in a row. */
function teller(
  { whenAway }: TrafficManagerPlan,
  warn: Surroundings['warn'],
): (bad: string, good: string) => (problem: string | null) => void {
  return (bad, good) => {
    let told: string | null = null
    return (problem) => {
      if (problem === told) return
      told = problem
      if (problem === null) warn('throttle-store', `the Traffic Manager ${good} again`)
      else warn('throttle-store', `the Traffic Manager ${bad}: ${problem}: ${inWords[whenAway]}`)
    }
  }
}

/** The first one, and then one each so often. */
function nowAndThen(clock: Clock, tell: (problem: string) => void): (problem: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (problem) => {
    if (clock.monotonic() - toldAt < tellEvery) return
    toldAt = clock.monotonic()
    tell(problem)
  }
}

function aroundServices({ values, warn }: Surroundings): Parameters<typeof openService>[2] {
  return { values, sockets: 2, warn: (problem) => warn('throttle-store-certificate', problem) }
}

function withLimits(plan: GatewayPlan, managed: ReadonlySet<number>, change: (limit: LimitPlan) => LimitPlan): GatewayPlan {
  const limits = plan.throttling.limits.map((limit, index) => (managed.has(index) ? change(limit) : limit))
  return { ...plan, throttling: { ...plan.throttling, limits } }
}

/** What one of several gateways may let pass by itself. */
function partOf(limit: LimitPlan, replicas: number): LimitPlan {
  return { ...limit, windows: limit.windows.map((window) => windowPart(window, replicas)) }
}
