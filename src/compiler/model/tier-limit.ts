/** One limit of a tier: how much, in which kind of window. */
import type { CalendarPeriod, LimitUnit, WindowPlan } from '../../contract/plan/limit.ts'
import { entry, type NodeAccess } from '../source/node-access.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import { durationAt } from './duration.ts'
import { sizeAt } from './size.ts'
import { longestWindow, mostBandwidth, mostRequests, shortestWindow } from './tier-bounds.ts'

type Amount = { readonly unit: LimitUnit; readonly amount: number }

const keys = ['requests', 'bandwidth', 'per', 'algorithm', 'burst', 'timeZone', 'stopOnQuotaReach']
const periods: readonly string[] = ['day', 'month', 'year'] satisfies readonly CalendarPeriod[]
const algorithms = ['sliding', 'fixed', 'gcra'] as const

/** `null` where it is wrong, which is reported. */
export function readLimit(node: SourceNode, access: NodeAccess): WindowPlan | null {
  const object = access.object(node)
  if (object === null) return null
  access.checkKeys(object, keys)
  const counted = readAmount(object, access)
  const per = entry(object, 'per')
  const isCalendar = per?.kind === 'scalar' && periods.includes(per.text)
  const window = isCalendar ? readCalendar(object, per.text as CalendarPeriod, counted, access) : readRolling(object, counted, access)
  return counted === null ? null : window
}

function readAmount(object: ObjectNode, access: NodeAccess): Amount | null {
  const requests = entry(object, 'requests')
  const bandwidth = entry(object, 'bandwidth')
  if ((requests === null) === (bandwidth === null)) return access.refuse(object, 'a limit needs either `requests` or `bandwidth`')
  const unit = requests === null ? 'bytes' : 'requests'
  const amount = readSize(requests ?? bandwidth ?? object, unit, access)
  return amount === null ? null : { unit, amount }
}

function readSize(node: SourceNode, unit: LimitUnit, access: NodeAccess): number | null {
  return unit === 'bytes' ? sizeAt(node, 1, mostBandwidth, access) : access.integer(node, 1, mostRequests)
}

function readCalendar(object: ObjectNode, period: CalendarPeriod, counted: Amount | null, access: NodeAccess): WindowPlan | null {
  for (const key of ['algorithm', 'burst']) {
    const node = entry(object, key)
    if (node !== null)
      access.refuse(node, `\`${key}\` does not go with a \`per\` of the calendar`, 'Say `per: 1d` for a window that rolls.')
  }
  const timeZone = access.optional(object, 'timeZone', (node) => readTimeZone(node, access)) ?? 'UTC'
  return counted === null ? null : { algorithm: 'calendar', ...counted, period, timeZone }
}

function readTimeZone(node: SourceNode, access: NodeAccess): string | null {
  const name = access.text(node)
  if (name === null) return null
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return access.refuse(node, 'this time zone is not known', 'Use a name of the IANA time zone database, such as `Europe/Berlin`.')
  }
}

function readRolling(object: ObjectNode, counted: Amount | null, access: NodeAccess): WindowPlan | null {
  const timeZone = entry(object, 'timeZone')
  if (timeZone !== null) {
    access.refuse(timeZone, '`timeZone` goes with a `per` of the calendar only', `Say \`per: ${periods.join('`, `')}\`.`)
  }
  const window = access.required(object, 'per', (value) => durationAt(value, shortestWindow, longestWindow, access))
  const algorithm = access.optional(object, 'algorithm', (value) => access.oneOf(value, algorithms)) ?? 'sliding'
  const burst = entry(object, 'burst')
  if (burst !== null && algorithm !== 'gcra') {
    access.refuse(
      burst,
      '`burst` goes with `algorithm: gcra` only',
      'Give the tier a second limit for what may come within a shorter time.',
    )
  }
  if (window === null || counted === null) return null
  if (algorithm !== 'gcra') return { algorithm, ...counted, window }
  const most = burst === null ? 1 : readSize(burst, counted.unit, access)
  return most === null ? null : { algorithm, ...counted, window, burst: most }
}

/** WSO2's word, in either form of policies.yaml; it is true where nothing is said. */
export function stopsOnQuotaReach(limit: ObjectNode, access: NodeAccess): boolean {
  return access.optional(limit, 'stopOnQuotaReach', (node) => access.boolean(node)) ?? true
}
