import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Workload } from '../fixture/api.ts'
import { runClient } from '../machine/client-process.ts'
import { findProgram } from '../machine/programs.ts'

export type Load = {
  readonly workload: Workload
  readonly connections: number
  readonly tls?: boolean
  readonly seconds: number
  /** Sent with each request. */
  readonly token: string | null
  readonly fields?: Fields
  /** One after the other, each once; the load ends when they are used up. */
  readonly once?: readonly Fields[]
}

/** Of a request, by their names. */
export type Fields = Readonly<Record<string, string>>

/** What the script says when nothing is left to send; wrk would sleep out the rest of its time. */
const exhausted = 'requests exhausted'

export type LoadResult = { readonly requests: number; readonly seconds: number }

/** Sends the load from one thread over connections that are kept alive. Throws unless every single answer was 2xx and whole. */
export async function runWrk(port: number, load: Load, folder: string): Promise<LoadResult> {
  const wrk = findProgram('wrk')
  if (wrk === null) throw new Error('wrk is not installed: apt-get install wrk')
  const script = join(folder, 'load.lua')
  await writeFile(script, await scriptFor(load, folder))
  const target = `${load.tls === true ? 'https' : 'http'}://127.0.0.1:${port}${load.workload.path}`
  const words = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '--timeout', '10s', '-s', script, target]
  return readResult(await runClient({ command: [wrk, ...words], finishAt: exhausted }))
}

function readResult(output: string): LoadResult {
  const found = /RESULT (\d+) (\d+) (\d+)/.exec(output)
  if (found === null) throw new Error(`wrk failed:\n${output}`)
  const [requests, microseconds, errors] = found.slice(1).map(Number)
  if (requests === undefined || microseconds === undefined || requests === 0 || errors !== 0) {
    throw new Error(`${errors} of ${requests} requests went wrong:\n${output}`)
  }
  return { requests, seconds: microseconds / 1e6 }
}

async function scriptFor(load: Load, folder: string): Promise<string> {
  const { workload, token, fields = {}, once } = load
  const lines = [`wrk.method = "${workload.method}"`]
  if (workload.upload > 0) lines.push(`wrk.body = string.rep("x", ${workload.upload})`)
  const all = token === null ? fields : { Authorization: `Bearer ${token}`, ...fields }
  for (const [name, value] of Object.entries(all)) lines.push(`wrk.headers["${name}"] = "${value}"`)
  if (once !== undefined) {
    const file = join(folder, 'fields.txt')
    await writeFile(file, once.map((own) => `${Object.entries(own).flat().join('\t')}\n`).join(''))
    lines.push(fieldsPerRequest(file))
  }
  lines.push(resultLine)
  return lines.join('\n')
}

/** Requests are formatted before the load begins: making them must not slow the client down. */
function fieldsPerRequest(file: string): string {
  return `
local requests, used = {}, 0
function init(args)
  for line in io.lines("${file}") do
    local fields = {}
    for name, value in string.gmatch(line, "([^\t]+)\t([^\t]+)") do
      fields[name] = value
    end
    requests[#requests + 1] = wrk.format(nil, nil, fields)
  end
end
function request()
  if used == #requests then
    io.stderr:write("${exhausted}\\n")
    wrk.thread:stop()
    return requests[used]
  end
  used = used + 1
  return requests[used]
end`
}

const resultLine = `
function done(summary)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("RESULT %d %d %d\\n", summary.requests, summary.duration, errors))
end`
