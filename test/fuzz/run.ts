/**
 * By hand: `node test/fuzz/run.ts --seconds 60 --seed 7`, the same share of it for each kind: requests, answers, peers that
 * misbehave, clients and backends of HTTP/2; `--only peers` for one of them. Prints what came up, and fails where the gateway broke its rule. `--first 1234` begins with that scenario
 * of the seed.
 */
import { parseArgs } from 'node:util'
import { runAnswers } from './answers-campaign.ts'
import { runCampaign } from './campaign.ts'
import { Http2Play } from './http2.ts'
import { Http2BackendPlay } from './http2-backend.ts'
import { type Player, runPlays } from './plays.ts'
import { Stateful } from './stateful.ts'

const kinds = ['requests', 'answers', 'peers', 'http2', 'http2-backend'] as const
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    seed: { type: 'string' },
    only: { type: 'string' },
    first: { type: 'string', default: '0' },
  },
})
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
const chosen = kinds.filter((kind) => values.only === undefined || values.only === kind)

function enough(): () => boolean {
  const end = performance.now() + (Number(values.seconds) * 1000) / chosen.length
  return () => performance.now() > end
}

/** Resolves with whether nothing was found. */
const runs: Readonly<Record<(typeof kinds)[number], () => Promise<boolean>>> = {
  requests: async () => {
    const { streams, agreed, justified, failures } = await runCampaign(seed, enough())
    console.log(`${streams} streams, ${agreed} requests that all parsers read the same`)
    for (const [reason, count] of [...justified].toSorted((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${reason}`)
    for (const { index, disagreement, stream } of failures) console.log(`\nstream ${index}: ${disagreement}\n${stream}`)
    return failures.length === 0
  },
  answers: async () => {
    const { answers, failures } = await runAnswers(seed, enough())
    console.log(`${answers} answers of backends that all parsers read the same, or that are not passed on`)
    for (const { index, wrong, answer } of failures) console.log(`\nanswer ${index}: ${wrong}\n${answer}`)
    return failures.length === 0
  },
  peers: async () => played('peers', await Stateful.players()),
  http2: async () => played('http2', [await Http2Play.start()]),
  'http2-backend': async () => played('http2-backend', [await Http2BackendPlay.start()]),
}

async function played(kind: string, players: readonly Player[]): Promise<boolean> {
  const { scenarios, failures } = await runPlays(players, seed, enough(), Number(values.first))
  console.log(`${scenarios} scenarios of ${kind}`)
  for (const { index, wrong } of failures) console.log(`\n--only ${kind} --seed ${seed} --first ${index}: ${wrong}`)
  return failures.length === 0
}

console.log(`seed ${seed}`)
let sound = true
for (const kind of chosen) sound = (await runs[kind]()) && sound
process.exitCode = sound ? 0 : 1
