/** A part of the suite that runs by itself, beside the others: brokers take long to start. */
import { startInProcess } from './in-process.ts'
import { revocationTopics } from './revocation-topics.ts'

revocationTopics('a gateway in this process', startInProcess)
