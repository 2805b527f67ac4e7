/** A thread that looks for the names 0 to 999 until it is told to end, and counts those that it did not find. */
import { createHash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { HashTable } from '../../../../src/gateway/hash-table/hash-table.ts'

const table = new HashTable(workerData as SharedArrayBuffer)
const hashes = Array.from({ length: 1000 }, (_, name): readonly [number, number, number] => {
  const digest = createHash('sha256').update(String(name)).digest()
  return [digest.readInt32LE(0) || 1, digest.readInt32LE(4), digest.readInt32LE(8)]
})
let looks = 0
let missed = 0
let ended = false

function look(): void {
  for (const [name, words] of hashes.entries()) {
    looks++
    if (table.find(...words) !== name + 1 || !table.has(...words)) missed++
  }
  if (!ended) return void setImmediate(look)
  parentPort!.postMessage({ looks, missed })
  parentPort!.close()
}

parentPort!.once('message', () => {
  ended = true
})
parentPort!.postMessage('reading')
look()
