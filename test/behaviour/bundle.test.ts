import { startBundle } from './bundle.ts'
import { behaviour } from './suite.ts'

behaviour('a built bundle', startBundle)
