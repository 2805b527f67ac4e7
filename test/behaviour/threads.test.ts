import { startBundle } from './bundle.ts'
import { changeProject, roomy } from './prepared-project.ts'
import type { Start } from './running-gateway.ts'
import { behaviour } from './suite.ts'

const threads = 2

const startThreads: Start = (project, environment) => {
  changeProject(project.folder, roomy)
  return startBundle(project, { ...environment, POSTERN_WORKERS: String(threads) })
}

behaviour('a built bundle with worker threads', startThreads, threads)
