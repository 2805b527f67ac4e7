/** A page of pairs, read in pieces. */
import { ServiceError } from '../calls/service-error.ts'
import { jsonIn, listOf, objectOf, pairOf } from './etcd-json.ts'
import type { KeyValue } from './etcd-page.ts'

/** Where the list of pairs begins and ends. It holds objects without objects in them, and texts in base64: no bracket stands in these. */
const beginning = '"kvs":['
const between = '},{'

/** Characters of a list that are read at once. */
const piece = 65_536

type SplitPage = { readonly rest: Readonly<Record<string, unknown>>; readonly last: Buffer; readonly pairs: Iterable<KeyValue> }

/** An answer of many megabytes is not read at once: requests would have to wait. */
export function splitPage(text: string): SplitPage {
  const at = text.indexOf(beginning)
  if (at === -1) {
    const rest = objectOf(jsonIn(text))
    // It is written in another way than etcd's.
    if (rest.kvs !== undefined) throw new ServiceError('protocol')
    return { rest, last: Buffer.alloc(0), pairs: [] }
  }
  const begin = at + beginning.length
  const end = text.indexOf(']', begin)
  const rest = objectOf(jsonIn(`${text.slice(0, begin)}${text.slice(end)}`))
  if (begin === end) return { rest, last: Buffer.alloc(0), pairs: [] }
  const lastBegins = text.lastIndexOf(between, end)
  const { key } = objectOf(jsonIn(text.slice(lastBegins < begin ? begin : lastBegins + 2, end)))
  if (typeof key !== 'string') throw new ServiceError('protocol')
  return { rest, last: Buffer.from(key, 'base64'), pairs: pairsIn(text, begin, end) }
}

function* pairsIn(text: string, begin: number, end: number): Iterable<KeyValue> {
  for (let from = begin; from < end; ) {
    const found = text.indexOf(between, from + piece)
    const to = found === -1 || found >= end ? end : found + 1
    for (const value of listOf(jsonIn(`[${text.slice(from, to)}]`))) {
      const pair = pairOf(value)
      if (pair !== null) yield pair
    }
    from = to + 1
  }
}
