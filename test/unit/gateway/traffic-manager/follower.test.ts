import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'
import { Board } from '../../../../src/gateway/traffic-manager/board.ts'
import { Decisions } from '../../../../src/gateway/traffic-manager/decisions.ts'
import { Follower } from '../../../../src/gateway/traffic-manager/follower.ts'
import { Hearing } from '../../../../src/gateway/traffic-manager/hearing.ts'
import { until } from '../../../wire/until.ts'
import { ManualClock } from '../sample-exchange.ts'

const ended = new AbortController()
after(() => ended.abort())

type Rig = {
  readonly follower: Follower
  readonly board: Board
  readonly hearing: Hearing
  readonly decisions: Decisions
  readonly clock: ManualClock
  readonly said: (string | null)[]
  /** Of what there was more than room, one after the other. */
  readonly crowds: (string | null)[]
  /** Whom the list of blocks names. */
  users: string[]
  /** Answers to questions for it that wait. */
  readonly answers: (() => void)[]
  say(fields: Readonly<Record<string, unknown>>): void
  block(user: string, state?: boolean): void
  /** Answers when it is asked, and waits until that is taken over. */
  answer(): Promise<void>
}

function rig(capacity: number = 10_000): Rig {
  const clock = new ManualClock()
  const hearing = new Hearing(Hearing.make())
  const decisions = new Decisions(hearing.seed, HashTable.make(capacity))
  const board = new Board(Board.make())
  const said: (string | null)[] = []
  const crowds: (string | null)[] = []
  const answers: (() => void)[] = []
  const list = (name: string): Promise<unknown> =>
    name === 'keyTemplates' ? Promise.resolve([]) : new Promise((resolve) => answers.push(() => resolve({ user: own.users })))
  const changed = (problem: string | null): number => said.push(problem)
  const common = { tenant: 'carbon.super', clock, hearing, decisions, board, problemOf: String, rejected: () => {}, ended: ended.signal }
  const follower = new Follower({ ...common, list, changed, crowded: (what) => crowds.push(what) })
  const say = (fields: object): void =>
    follower.received({ body: Buffer.from(JSON.stringify(fields)), contentType: 'application/json', headers: {} })
  const own: Rig = {
    ...{ follower, board, hearing, decisions, clock, said, crowds, users: [], answers, say },
    block: (user, state = true) => say({ blockingCondition: 'USER', conditionValue: user, state }),
    answer: async () => {
      await until(() => answers.length > 0)
      const before = said.length
      answers.shift()!()
      await until(() => said.length > before)
    },
  }
  return own
}

const conditions = (address: string): string => Buffer.from(JSON.stringify([{ ipspecific: { specificIp: address } }])).toString('base64url')

test('where more comes than is kept while the lists are read, they are read again: nobody is forgotten', async () => {
  const own = rig()
  const { follower, board, hearing, said } = own
  follower.subscribed(1_000)
  await until(() => own.answers.length === 1)
  for (let index = 0; index < 9_999; index++) own.block(`user${index}`, false)
  own.block('among them')
  own.block('beyond them')
  own.users = ['from before']
  await own.answer()
  assert.deepEqual(said, ['its lists: too many messages came while they were read'])
  assert.equal(hearing.silence(1_000), Number.POSITIVE_INFINITY)
  assert.ok(board.standing.blocks('user', ['among them']))
  assert.ok(board.standing.blocks('user', ['from before']))
  await until(() => own.answers.length === 1)
  own.users = ['from before', 'among them', 'beyond them']
  own.block('meanwhile')
  await own.answer()
  assert.deepEqual(said.slice(1), [null])
  assert.equal(hearing.silence(1_000), 0)
  for (const name of [...own.users, 'meanwhile']) assert.ok(board.standing.blocks('user', [name]), name)
})

test('beyond as many as there is room for it is away, and the lists are read again until there is room', async () => {
  const own = rig()
  const { follower, board, hearing, clock } = own
  own.users = Array.from({ length: 10_000 }, (_, index) => `user${index}`)
  follower.subscribed(0)
  await own.answer()
  own.block('user7')
  assert.equal(hearing.full, false, 'it is known')
  own.block('one more')
  assert.equal(hearing.full, true)
  own.users = ['one more']
  clock.advance(30_000)
  follower.confirm(clock.monotonic())
  await own.answer()
  assert.ok(board.standing.blocks('user', ['one more']))
  clock.advance(30_000)
  follower.confirm(clock.monotonic())
  await until(() => !hearing.full)
})

test('lists that no decision names any more make room', async () => {
  const own = rig()
  const { follower, board, decisions, clock } = own
  follower.subscribed(0)
  await own.answer()
  const decide = (address: string, lasts: number): void =>
    own.say({ throttleKey: 'k_default', isThrottled: true, expiryTimeStamp: clock.now() + lasts, evaluatedConditions: conditions(address) })
  const isForEverybody = (): boolean => decisions.until(decisions.hash('everybody k')) > clock.now()
  for (let index = 0; index < 64; index++) decide(`10.0.0.${index}`, 60_000)
  decide('10.0.0.5', 600_000)
  clock.advance(59_000)
  decide('10.0.1.1', 1_000)
  assert.equal(isForEverybody(), true, 'there is no room for another list')
  clock.advance(3_000)
  decide('10.0.1.2', 60_000)
  assert.equal(isForEverybody(), false)
  assert.equal(board.standing.lists.length, 2)
  assert.deepEqual(
    board.standing.listsFor('10.0.0.5').map(({ groups }) => groups[0]!.addresses[0]!.from.slice(-3)),
    ['010'],
  )
})

test('a decision that finds no room waits for it, and until then not all is known', async () => {
  const own = rig(16)
  const { follower, hearing, decisions, clock, crowds } = own
  follower.subscribed(0)
  await own.answer()
  const decide = (throttleKey: string, lasts: number, isThrottled = true): void =>
    own.say({ throttleKey, isThrottled, expiryTimeStamp: clock.now() + lasts })
  const isThrottled = (key: string): boolean => decisions.until(decisions.hash(key)) > clock.now()
  const sweep = async (): Promise<void> => {
    const { epoch } = hearing
    clock.advance(30_000)
    follower.confirm(clock.monotonic())
    await until(() => hearing.epoch !== epoch)
  }
  let many = 0
  while (!hearing.full) decide(`short ${many++}`, 60_000)
  // The last one is the first without room, and as its neighbours are many, so are these.
  const late = Array.from({ length: 2 * many }, (_, index) => `late ${index}`)
  for (const key of late) decide(key, 80_000)
  decide('late 0', 0, false)
  await sweep()
  assert.equal(hearing.full, true, 'nothing has ended')
  assert.ok(late.slice(1).some((key) => !isThrottled(key)))
  await sweep()
  assert.ok(!isThrottled('late 0'), 'what was taken back comes no more')
  assert.ok(!late.slice(1).every(isThrottled), 'there are twice as many as there is room for')
  assert.equal(hearing.full, true)
  await sweep()
  assert.equal(hearing.full, false, 'they have ended')
  assert.deepEqual([crowds[0], crowds.at(-1)], ['decisions', null])
})
