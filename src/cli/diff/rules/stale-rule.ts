/** What holds when it is not known what is revoked, of the gateway and of an operation. */
import { describeMilliseconds } from '../../described-rules.ts'
import { differ, type Where } from '../comparison.ts'
import { amount } from '../leaves.ts'

/** For both members of such a rule. */
export const staleRule = {
  afterMilliseconds: amount({
    what: 'the time after which a feed is stale',
    raised: 'weakening',
    lowered: 'breaking',
    write: describeMilliseconds,
  }),
  action: staleAction,
}

function staleAction(before: 'deny' | 'allow', after: 'deny' | 'allow', where: Where): ReturnType<typeof differ> {
  if (before === after) return []
  return after === 'deny'
    ? differ(['breaking', 'credentials are refused while a feed of revocations is stale, and were accepted'], where)
    : differ(['weakening', 'credentials are accepted while a feed of revocations is stale, and were refused'], where)
}
