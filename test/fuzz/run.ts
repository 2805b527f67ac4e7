/** By hand: `node test/fuzz/run.ts --seconds 60 --seed 7`. Prints what came up, and fails where the gateway broke its rule. */
import { parseArgs } from 'node:util'
import { runCampaign } from './campaign.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } } })
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
const end = performance.now() + Number(values.seconds) * 1000

const { streams, agreed, justified, failures } = await runCampaign(seed, () => performance.now() > end)

console.log(`seed ${seed}: ${streams} streams, ${agreed} requests that both read the same`)
for (const [reason, count] of [...justified].toSorted((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${reason}`)
for (const { index, disagreement, stream } of failures) console.log(`\nstream ${index}: ${disagreement}\n${stream}`)
process.exitCode = failures.length === 0 ? 0 : 1
