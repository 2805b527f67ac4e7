/** A part of the suite that runs by itself, beside the others: brokers take long to start, and most of what is asked of them is to wait. */
import { describe } from 'node:test'
import { startBundle } from './bundle.ts'
import { startInProcess } from './in-process.ts'
import { revocationTopics } from './revocation-topics.ts'

describe('revocations from a topic', { concurrency: 2 }, () => {
  revocationTopics('a gateway in this process', startInProcess)
  revocationTopics('a built bundle', startBundle)
})
