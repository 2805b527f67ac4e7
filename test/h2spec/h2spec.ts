/** `node test/h2spec/h2spec.ts`: what h2spec finds in the gateway and not in a bare node:http2 server. Exits with 1 when there is such a thing. */
import { findProgram } from '../bench/machine/programs.ts'
import { type Finding, runH2spec, type Target } from './run-h2spec.ts'
import { startTargets } from './targets.ts'

/** Some cases end in a race between a frame and the end of the connection: what fails only now and then is nobody's fault. */
const runs = 2

/** What the gateway does otherwise than a server that speaks nothing but HTTP/2, and why that is right. */
const justified: ReadonlyMap<string, string> = new Map([
  [
    'http2/3.5: Sends invalid connection preface',
    'on a port that speaks HTTP/1.1 as well, what does not begin with the preface is answered in HTTP/1.1 and closed',
  ],
])

async function main(): Promise<number> {
  const program = findProgram('h2spec')
  if (program === null) {
    console.log('skipped: h2spec is not on PATH: go install github.com/summerwind/h2spec/cmd/h2spec@latest')
    return 0
  }
  const { pairs, stop } = await startTargets()
  let status = 0
  try {
    for (const { name, gateway, bare } of pairs) {
      const own = await findings(program, gateway)
      const others = await findings(program, bare)
      const known = new Set(others.flatMap(({ failures }) => failures.map(({ name }) => name)))
      const always = own[0]?.failures.filter(({ name }) => own.every(({ failures }) => failures.some((other) => other.name === name))) ?? []
      const news = always.filter((failure) => !known.has(failure.name) && !justified.has(failure.name))
      console.log(
        `${name}: ${own[0]?.cases} cases, the gateway fails ${always.length}, a bare node:http2 server ${known.size}, only the gateway ${news.length}`,
      )
      for (const { name } of always) if (!known.has(name) && justified.has(name)) console.log(`justified: ${name}: ${justified.get(name)}`)
      for (const failure of news) console.log(`\n${failure.name}\n${failure.detail}`)
      if (news.length > 0 || (own[0]?.cases ?? 0) === 0) status = 1
    }
  } finally {
    await stop()
  }
  return status
}

async function findings(program: string, target: Target): Promise<readonly Finding[]> {
  const all: Finding[] = []
  for (let run = 0; run < runs; run++) all.push(await runH2spec(program, target))
  return all
}

process.exitCode = await main()
