/** `postern explain`: all that applies to one request, each with the file and line it comes from. */
import type { ManifestOperation } from '../../contract/manifest/operation.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { UsageError } from '../failures.ts'
import { locate, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import { type Match, matchRequest } from '../match-request.ts'
import { operationRules } from '../operation-rules.ts'
import type { AddCommand } from '../session.ts'
import { table } from '../table.ts'

export const addExplain: AddCommand = (program, session) => {
  program
    .command('explain')
    .summary('tell what applies to one request, and where that is written')
    .description('Tells which operation a request belongs to and all that applies to it, each with the file and line it comes from.')
    .argument('<METHOD>', 'method of the request')
    .argument('<path>', 'path of the request as a client sends it, base path included')
    .argument(...targetArgument)
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern explain GET /bookshop/v1/books/17\n  $ postern explain POST /bookshop/v1/books dist --json',
    )
    .action(async (method: string, path: string, target: string, options: { readonly json?: boolean }) => {
      if (!path.startsWith('/'))
        throw new UsageError(`${path} is not a path: it does not begin with /.`, 'Give the path that a client sends.')
      const manifest = await manifestOf(locate(target), session.report)
      const request = { method: method.toUpperCase(), path }
      const match = matchRequest(request.method, path, manifest.operations)
      session.report.result(
        options.json
          ? `${JSON.stringify({ ...request, ...match }, null, 2)}\n`
          : `${request.method} ${path}\n${explained(match, manifest)}`,
      )
    })
}

function explained(match: Match, manifest: Manifest): string {
  switch (match.kind) {
    case 'bad-target':
      return table([
        ['answer', '400: the path has characters, escapes, dot segments or path parameters (;) that could be read in more than one way'],
      ])
    case 'no-route':
      return table([['answer', '404: no operation has such a path']])
    case 'no-method':
      return table([
        ['answer', '405: the path has no such method'],
        ['path', match.template],
        ['Allow', match.allow.join(', ')],
      ])
    case 'operation':
      return table([...operationRules(match.operation, manifest), ...exactnessRows(match.operation, manifest)])
  }
}

/** How exactly its limits hold, once each. */
function exactnessRows({ limits, keyManager }: ManifestOperation, { throttling }: Manifest): readonly (readonly string[])[] {
  const custom = keyManager === null ? (throttling?.custom ?? []).map(({ limit }) => limit) : []
  const found = [...limits, ...custom].flatMap(({ windows }) => windows.map(({ exactness }) => exactness))
  return [...new Set(found)].map((exactness) => ['exact', exactness])
}
