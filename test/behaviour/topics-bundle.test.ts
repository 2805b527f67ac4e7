/** As topics.test.ts, for a built bundle. */
import { startBundle } from './bundle.ts'
import { revocationTopics } from './revocation-topics.ts'

revocationTopics('a built bundle', startBundle)
