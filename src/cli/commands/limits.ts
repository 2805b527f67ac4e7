/** `postern limits`: every counter that a gateway keeps. */
import type { Manifest } from '../../contract/manifest.ts'
import { describeConcurrency, describeNamedLimits } from '../described-rules.ts'
import { describeStore } from '../described-store.ts'
import { countedLimits, limitRows } from '../limit-rows.ts'
import { locate, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import type { AddCommand } from '../session.ts'
import { table } from '../table.ts'

export const addLimits: AddCommand = (program, session) => {
  program
    .command('limits')
    .summary('list every limit that a gateway counts')
    .description(
      'Lists every limit of a bundle or project, in the order in which they are checked: what it counts, by whom, how much, how exactly, and where that is written.',
    )
    .argument(...targetArgument)
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExamples:\n  $ postern limits\n  $ postern limits dist --json')
    .action(async (target: string, options: { readonly json?: boolean }) => {
      const manifest = await manifestOf(locate(target), session.report)
      session.report.result(options.json ? `${JSON.stringify(asData(manifest), null, 2)}\n` : asText(manifest))
    })
}

function asData(manifest: Manifest): unknown {
  const { throttling } = manifest
  const inFlight = boundsInFlight(manifest)
  if (throttling === null) return { limits: [], inFlight }
  const { store, replicas, capacity, memoryBytes, rings, subscription, application } = throttling
  const rule = (limits: typeof subscription): unknown => (limits === null ? null : { otherwise: limits.otherwise, unknown: limits.unknown })
  return {
    limits: countedLimits(manifest).map(({ limit, of }) => ({ of, ...limit })),
    callers: { subscription: rule(subscription), application: rule(application) },
    store,
    replicas,
    capacity,
    memoryBytes,
    rings,
    inFlight,
  }
}

/** Of each API that has some. */
function boundsInFlight({ operations }: Manifest) {
  return [...Map.groupBy(operations, ({ api }) => api)].flatMap(([of, [first]]) =>
    first === undefined || first.concurrency === null ? [] : [{ of, bounds: first.concurrency }],
  )
}

function asText(manifest: Manifest): string {
  const { throttling } = manifest
  const inFlight = boundsInFlight(manifest).map(({ of, bounds }) => [of, describeConcurrency(bounds), bounds.at])
  if (throttling === null) return table(inFlight.length === 0 ? [['nothing is limited']] : inFlight)
  const { replicas, capacity, memoryBytes, subscription, application } = throttling
  const rules = Object.entries({ subscription, application }).flatMap(([level, limits]) =>
    limits === null ? [] : [[level, describeNamedLimits(limits)]],
  )
  return [
    table(limitRows(manifest)),
    ...(inFlight.length === 0 ? [] : [table(inFlight)]),
    table([
      ...rules,
      ['store', describeStore(throttling.store)],
      ['replicas', replicas === 1 ? '1, or not said (`throttling.replicas`)' : `${replicas}`],
      ['counters', `at most ${capacity}; a further one takes the place of the one whose memory would have ended first`],
      ['memory', `at most ${memoryBytes} bytes for counters`],
    ]),
  ].join('\n')
}
