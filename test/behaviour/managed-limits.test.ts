/** A part of the suite that runs by itself, beside the others: brokers take long to start. */
import { startInProcess } from './in-process.ts'
import { managedLimits } from './managed-limits.ts'

managedLimits('a gateway in this process', startInProcess)
