/** As managed-limits.test.ts, for a built bundle with two threads. */
import { startBundle } from './bundle.ts'
import { managedLimits } from './managed-limits.ts'

managedLimits('a built bundle', startBundle, 2)
