import { startInProcess } from './in-process.ts'
import { behaviour } from './suite.ts'

behaviour('a gateway in this process', startInProcess)
