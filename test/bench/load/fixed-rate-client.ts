/**
 * An open-loop client, as a program: `node fixed-rate-client.ts <port> <rate> <seconds> <connections>`, with the request's bytes on stdin.
 * Requests leave when they are due whether or not earlier ones were answered, so a slow proxy cannot slow the client down and hide
 * its own delays. Prints the latencies in microseconds as a JSON array, ascending.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

type Connection = {
  readonly socket: Socket
  /** When the request that is not yet answered was written; 0 when there is none. */
  sentAt: number
  received: string
}

const [port = 0, rate = 0, seconds = 0, connectionCount = 0] = process.argv.slice(2).map(Number)
const request = readFileSync(0)
const latencies: number[] = []
const idle: Connection[] = []
const graceMilliseconds = 5000

function open(): Connection {
  const connection: Connection = { socket: connect({ port, host: '127.0.0.1', noDelay: true }), sentAt: 0, received: '' }
  connection.socket.on('data', (bytes: Buffer) => {
    connection.received += bytes.toString('latin1')
    if (isWhole(connection.received)) finish(connection)
  })
  connection.socket.on('error', (error) => fail(error.message))
  connection.socket.on('close', () => fail('the proxy closed a connection'))
  return connection
}

function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  if (!answer.startsWith('HTTP/1.1 200 ')) fail(`an answer began ${answer.slice(0, 40)}`)
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer)?.[1]
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= headEnd + 4 + Number(length)
}

function finish(connection: Connection): void {
  latencies.push((performance.now() - connection.sentAt) * 1000)
  connection.received = ''
  idle.push(connection)
}

function fail(reason: string): never {
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

for (let index = 0; index < connectionCount; index++) {
  const connection = open()
  await once(connection.socket, 'connect')
  idle.push(connection)
}

const total = rate * seconds
const start = performance.now()
for (let sent = 0; sent < total; await delay(1)) {
  const due = Math.min(total, ((performance.now() - start) / 1000) * rate)
  for (; sent < due; sent++) {
    const connection = idle.shift() ?? open()
    connection.sentAt = performance.now()
    connection.socket.write(request)
  }
}
for (const deadline = performance.now() + graceMilliseconds; latencies.length < total; await delay(1)) {
  if (performance.now() > deadline) fail(`${total - latencies.length} requests were not answered`)
}
process.stdout.write(JSON.stringify(latencies.toSorted((left, right) => left - right).map(Math.round)), () => process.exit(0))
