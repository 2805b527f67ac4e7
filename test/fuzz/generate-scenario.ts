/** Makes scenarios: clients that send pipelines of requests in pieces and may go away, and what the backend does with each request. */
import type { Random } from '../random.ts'

export type Ending = 'end' | 'reset'

export type ScenarioRequest = {
  /** Unlike any other of the campaign. */
  readonly target: string
  readonly method: 'GET' | 'POST' | 'HEAD' | 'PUT'
  readonly text: string
  readonly body: string
  readonly answer: ScenarioAnswer
}

/** What the backend does with a request. */
export type ScenarioAnswer = {
  /** It waits for the whole request first. */
  readonly patient: boolean
  /** Turns of the event loop before it answers. */
  readonly delay: number
  readonly form: 'length' | 'chunked' | 'until-close' | 'closing' | 'malformed' | 'too-much' | 'interim'
  /** After how many bytes of its answer the connection is gone; -1 for never. */
  readonly cutAt: number
  readonly ending: Ending
  readonly size: number
}

export type ScenarioClient = {
  readonly requests: readonly ScenarioRequest[]
  /** The requests as the client sends them, with turns of the event loop between. */
  readonly pieces: readonly { readonly text: string; readonly delay: number }[]
  /** How it goes away behind its last piece; null where it waits for its answers. */
  readonly leaves: Ending | null
  /** It does not read for so many turns. */
  readonly deafFor: number
}

/** At once. */
export const mostClients = 4

/** `prefix` makes the targets unlike those of other scenarios. */
export function makeScenario(random: Random, prefix: string): readonly ScenarioClient[] {
  return Array.from({ length: 1 + random.below(mostClients) }, (_, client) => {
    const requests = Array.from({ length: 1 + random.below(4) }, (_, index) => makeRequest(random, `/${prefix}-${client}-${index}`))
    const stream = requests.map(({ text }) => text).join('')
    const leaves = random.onceIn(3) ? random.pick(['end', 'reset'] as const) : null
    const sent = leaves !== null && random.onceIn(2) ? stream.slice(0, random.below(stream.length)) : stream
    return { requests, pieces: piecesOf(random, sent), leaves, deafFor: random.onceIn(4) ? random.below(20) : 0 }
  })
}

function makeRequest(random: Random, target: string): ScenarioRequest {
  const method = random.pick(['GET', 'GET', 'POST', 'POST', 'PUT', 'HEAD'] as const)
  const body = method === 'GET' || method === 'HEAD' ? '' : contentOf(random, target, random.pick([1, 30, 3000, 40_000]))
  const head = `${method} ${target} HTTP/1.1\r\nHost: a\r\n`
  const chunked = body !== '' && random.onceIn(2)
  const text = chunked
    ? `${head}Transfer-Encoding: chunked\r\n\r\n${chunksOf(random, body)}`
    : `${head}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`
  return { target, method, text, body, answer: makeAnswer(random) }
}

const forms = ['length', 'length', 'length', 'chunked', 'chunked', 'until-close', 'closing', 'malformed', 'too-much', 'interim'] as const

export function makeAnswer(random: Random): ScenarioAnswer {
  const form = random.pick(forms)
  // What comes behind an answer can be told from the next one only when it comes together with it.
  const size = random.pick(form === 'too-much' ? [0, 1, 50, 5000] : [0, 1, 50, 5000, 200_000])
  return {
    patient: !random.onceIn(4),
    delay: random.pick([0, 0, 1, 5]),
    form,
    cutAt: random.onceIn(4) ? random.below(200 + size) : -1,
    ending: random.pick(['end', 'reset']),
    size,
  }
}

/** Content that shows whose it is. */
function contentOf(random: Random, target: string, size: number): string {
  const unit = `${target}|${random.below(10)}|`
  return unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
}

function chunksOf(random: Random, content: string): string {
  let text = ''
  for (let at = 0; at < content.length; ) {
    const length = 1 + random.below(Math.min(content.length - at, 20_000))
    text += `${length.toString(16)}${random.pick(['', '', ';a', ';a="b;c"'])}\r\n${content.slice(at, at + length)}\r\n`
    at += length
  }
  return `${text}0\r\n${random.pick(['', '', 'X-Trailer: y\r\n'])}\r\n`
}

function piecesOf(random: Random, text: string): ScenarioClient['pieces'] {
  const cuts = Array.from({ length: random.below(6) }, () => random.below(text.length + 1)).toSorted((a, b) => a - b)
  const ends = [...cuts, text.length]
  return ends.map((end, index) => ({ text: text.slice(ends[index - 1] ?? 0, end), delay: random.pick([0, 0, 1, 3]) }))
}
