/** `postern inspect`: what is in a gateway. */
import { Option } from 'commander'
import type { Manifest } from '../../contract/manifest.ts'
import { policyCertificate } from '../certificate/policy-certificate.ts'
import { certificateDocument, certificateTitle } from '../certificate/report.ts'
import { documentAsHtml } from '../formats/document-html.ts'
import { documentAsMarkdown } from '../formats/document-markdown.ts'
import { visible } from '../formats/text.ts'
import { gatewaySections } from '../gateway-sections.ts'
import { locate, targetArgument } from '../locate.ts'
import { manifestOf } from '../manifest-of.ts'
import type { Report } from '../report.ts'
import type { AddCommand } from '../session.ts'
import { table } from '../table.ts'

const certificateFormats = ['html', 'markdown', 'json'] as const

type Options = { readonly json?: boolean; readonly certificate?: (typeof certificateFormats)[number] }

export const addInspect: AddCommand = (program, session) => {
  program
    .command('inspect')
    .summary('show what is in a gateway')
    .description(
      'Shows the listeners, APIs, operations, backends, issuers with their keys, limits, settings and inputs of a bundle or project, and its digest.',
    )
    .argument(...targetArgument)
    .option('--json', 'print the manifest')
    .addOption(new Option('--certificate <format>', 'print the policy certificate, for whoever signs it off').choices(certificateFormats))
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern inspect dist\n  $ postern inspect --json | jq .digest\n  $ postern inspect dist --certificate html > certificate.html',
    )
    .action(async (target: string, options: Options) => {
      const manifest = await manifestOf(locate(target), session.report)
      session.report.result(printed(manifest, options, session.report))
    })
}

function printed(manifest: Manifest, { json, certificate }: Options, report: Report): string {
  switch (certificate) {
    case 'html':
      return documentAsHtml(certificateTitle(manifest), certificateDocument(manifest))
    case 'markdown':
      return documentAsMarkdown(certificateDocument(manifest))
    case 'json':
      return `${JSON.stringify(policyCertificate(manifest), null, 2)}\n`
    default:
      return json ? `${JSON.stringify(manifest, null, 2)}\n` : overview(manifest, report)
  }
}

function overview(manifest: Manifest, report: Report): string {
  const sections = {
    [`${manifest.name} ${visible(manifest.version)}`]: [
      ['digest', manifest.digest],
      ['built by', `Postern ${manifest.compiler.postern}, esbuild ${manifest.compiler.esbuild}; runs on Node ${manifest.node}`],
      ['capabilities', manifest.capabilities.join(', ') || 'none'],
      ...manifest.issuers
        .filter(({ fetchedKeys }) => fetchedKeys !== null)
        .map(({ issuer }) => ['not in the file', `the keys of ${visible(issuer)}`]),
    ],
    ...gatewaySections(manifest),
  }
  return Object.entries(sections)
    .filter(([, rows]) => rows.length > 0)
    .map(([title, rows]) => `${report.emphasis(title)}\n${table(rows)}`)
    .join('\n')
}
