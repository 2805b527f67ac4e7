import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { LogOutput, type LogSink } from '../../../../src/gateway/observability/log-output.ts'
import { CollectedSink } from './collected-sink.ts'

const line = `${'x'.repeat(1_023)}\n`

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

test('lines gather until they are flushed, or are many', async () => {
  const sink = new CollectedSink()
  const output = new LogOutput(sink)
  output.add('a\n', false)
  output.add('b\n', false)
  assert.equal(sink.writes, 0)
  output.flush()
  assert.equal(sink.writes, 1)
  await output.close()
  assert.equal(sink.text, 'a\nb\n')
  for (let index = 0; index < 64; index++) output.add(line, false)
  assert.equal(sink.writes, 2)
  await output.close()
})

test('one piece is written at a time, and the next when it is done', async () => {
  const sink = new CollectedSink()
  const output = new LogOutput(sink)
  for (let index = 0; index < 300; index++) output.add(`${index} ${line}`, false)
  assert.equal(sink.writes, 1)
  await output.close()
  assert.deepEqual(
    sink.lines.map((text) => Number(text.split(' ')[0])),
    Array.from({ length: 300 }, (_, index) => index),
  )
})

test('while stdout is blocked ordinary lines are dropped and counted, errors are not', async () => {
  const sink = new CollectedSink()
  sink.blocked = true
  const output = new LogOutput(sink)
  for (let index = 0; index < 3_000; index++) output.add(line, false)
  assert.ok(output.dropped > 1_800 && output.dropped < 2_000, `${output.dropped}`)
  const dropped = output.dropped
  for (let index = 0; index < 100; index++) output.add(`error ${line}`, true)
  assert.equal(output.dropped, dropped)
  sink.unblock()
  await output.close()
  assert.equal(sink.lines.filter((text) => text.startsWith('error')).length, 100)
  assert.equal(sink.lines.length, 3_000 - dropped + 100)
})

test('even errors have a bound', () => {
  const sink = new CollectedSink()
  sink.blocked = true
  const output = new LogOutput(sink)
  for (let index = 0; index < 40_000; index++) output.add(line, true)
  assert.ok(output.dropped > 20_000)
})

test('when nobody reads stdout any more, lines are dropped and nothing else happens', async () => {
  const sink: LogSink = { write: (_, done) => setImmediate(() => done(failure('EPIPE'))), writeSync: () => 0 }
  const output = new LogOutput(sink)
  output.add('a\n', true)
  await output.close()
  output.add('b\n', true)
  await output.close()
  assert.equal(output.dropped, 1)
})

test('in a crash what has gathered is written at once, through a full pipe', () => {
  let text = ''
  let call = 0
  const sink: LogSink = {
    write: () => assert.fail('too late for that'),
    writeSync: (bytes) => {
      if (call++ % 2 === 0) throw failure('EAGAIN')
      const part = bytes.subarray(0, 3)
      text += Buffer.from(part).toString()
      return part.length
    },
  }
  const output = new LogOutput(sink)
  output.add('the last words\n', true)
  output.flushSync()
  assert.equal(text, 'the last words\n')
})

test('a crash does not wait for ever, nor fail, when stdout is gone', () => {
  for (const code of ['EAGAIN', 'EPIPE', 'EBADF']) {
    const sink: LogSink = {
      write: () => {},
      writeSync: () => {
        throw failure(code)
      },
    }
    const output = new LogOutput(sink)
    output.add('a\n', true)
    output.flushSync()
  }
})

test('stdout that nobody reads neither stops the process nor keeps it from ending', async () => {
  const child = fork(new URL('./logging-process.ts', import.meta.url), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  child.stdout?.pause()
  const [dropped] = (await once(child, 'message')) as [number]
  assert.ok(dropped > 10_000)
  child.send('end')
  const [code] = (await once(child, 'exit')) as [number]
  child.stdout?.destroy()
  assert.equal(code, 0)
})
