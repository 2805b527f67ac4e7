/**
 * By hand: `node test/fuzz/run.ts --seconds 60 --seed 7`, three quarters of it with requests and the rest with answers. Prints what came
 * up, and fails where the gateway broke its rule.
 */
import { parseArgs } from 'node:util'
import { runAnswers } from './answers-campaign.ts'
import { runCampaign } from './campaign.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } } })
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed)
const start = performance.now()
const passed = (share: number) => (): boolean => performance.now() - start > Number(values.seconds) * 1000 * share

const { streams, agreed, justified, failures } = await runCampaign(seed, passed(0.75))
const answers = await runAnswers(seed, passed(1))

console.log(`seed ${seed}: ${streams} streams, ${agreed} requests that both read the same`)
for (const [reason, count] of [...justified].toSorted((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${reason}`)
for (const { index, disagreement, stream } of failures) console.log(`\nstream ${index}: ${disagreement}\n${stream}`)
console.log(`${answers.answers} answers of backends that both read the same, or that are not passed on`)
for (const { index, wrong, answer } of answers.failures) console.log(`\nanswer ${index}: ${wrong}\n${answer}`)
process.exitCode = failures.length + answers.failures.length === 0 ? 0 : 1
