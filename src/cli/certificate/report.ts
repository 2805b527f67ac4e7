/** The policy certificate as a document: what is most important first, then every operation, then what all of them share. */

import type { SourceReference } from '../../contract/manifest/source-reference.ts'
import type { Manifest } from '../../contract/manifest.ts'
import { counted } from '../counted.ts'
import { type Block, type Inline, say, ticked } from '../formats/document.ts'
import { gatewaySections } from '../gateway-sections.ts'
import { operationBlocks, whoMayCall } from './operation-report.ts'
import { policyCertificate } from './policy-certificate.ts'
import type { CertificateSummary, NamedOperation } from './summary.ts'

export function certificateTitle({ name, version }: Manifest): string {
  return `Policy certificate of ${name} ${version}`
}

export function certificateDocument(manifest: Manifest): readonly Block[] {
  const { summary, operations } = policyCertificate(manifest)
  const { Operations: _operations, ...shared } = gatewaySections(manifest)
  return [
    { kind: 'heading', level: 1, text: [certificateTitle(manifest)] },
    {
      kind: 'paragraph',
      text: say`This is what the gateway with the digest ${manifest.digest} enforces: the SHA-256 of its file ${'gateway.mjs'}, which cannot be changed without another digest. It was built by Postern ${manifest.compiler.postern} from the files that are listed at the end. The same gateway always has the same certificate. Places are files of the project with their lines.`,
    },
    ...summaryBlocks(summary),
    { kind: 'heading', level: 2, text: ['All operations'] },
    {
      kind: 'table',
      head: ['Operation', 'Who may call', 'Written at'],
      rows: operations.map((operation) => [
        say`${operation.method} ${operation.template}`,
        whoMayCall(operation),
        [{ code: operation.at }],
      ]),
    },
    // Two versions of an API may have one name, and operations say the name only: they stand together.
    ...[...Map.groupBy(manifest.apis, ({ name }) => name)].flatMap(([name, versions]): readonly Block[] => [
      { kind: 'heading', level: 2, text: [...say`API ${name}`, ...versions.flatMap(({ version }) => say` ${version}`)] },
      ...versions.map(
        ({ version, basePath, definition }): Block => ({
          kind: 'paragraph',
          text: [...(versions.length === 1 ? ['At '] : say`${version} at `), ...say`${basePath || '/'}, defined in ${definition}.`],
        }),
      ),
      ...operations.filter(({ api }) => api === name).flatMap((operation) => operationBlocks(operation, manifest)),
    ]),
    { kind: 'heading', level: 2, text: ['The whole gateway'] },
    ...Object.entries(shared).flatMap(([title, rows]): readonly Block[] => {
      if (rows.length === 0) return []
      const width = Math.max(...rows.map((row) => row.length))
      const cells = rows.map((row) => Array.from({ length: width }, (_, column) => ticked(row[column] ?? '')))
      return [
        { kind: 'heading', level: 3, text: [title] },
        { kind: 'table', head: Array.from({ length: width }, () => ''), rows: cells },
      ]
    }),
    { kind: 'heading', level: 2, text: ['Signed off'] },
    {
      kind: 'table',
      head: ['Name', 'Date', 'Digest', 'Signature'],
      rows: [[[''], [''], [{ code: manifest.digest }], ['']]],
    },
  ]
}

function summaryBlocks(summary: CertificateSummary): readonly Block[] {
  const { keys, keysElsewhere, waivers, open, unlimited } = summary
  return [
    { kind: 'heading', level: 2, text: ['Summary'] },
    { kind: 'list', items: summaryItems(summary) },
    ...namedBlocks('Open to anybody', open),
    ...namedBlocks('Without any limit, or without one for some requests', unlimited),
    ...(waivers.length === 0
      ? []
      : [
          { kind: 'heading', level: 3, text: ['Waived findings'] } as const,
          {
            kind: 'table',
            head: ['Finding', 'At', 'Reason', 'Until', 'Written at'],
            rows: waivers.map(({ rule, pointer, reason, until, at }) => [rule, pointer, reason, until, at].map(codeOf)),
          } as const,
        ]),
    ...(keys.length + keysElsewhere.length === 0
      ? []
      : [
          { kind: 'heading', level: 3, text: ['Keys that signatures are verified with'] } as const,
          {
            kind: 'table',
            head: ['Issuer', 'Signs', 'Key', 'Type', 'Expires'],
            rows: [
              ...keys.map(({ issuer, signs, kid, type, expires }): readonly Inline[] => [
                codeOf(issuer),
                [signs],
                kid === null ? ['without id'] : codeOf(kid),
                [type],
                [expires ?? 'never, as far as the gateway knows'],
              ]),
              ...keysElsewhere.map((issuer): readonly Inline[] => [codeOf(issuer), ['tokens'], ['not in the gateway'], [''], ['']]),
            ],
          } as const,
        ]),
  ]
}

function summaryItems(summary: CertificateSummary): readonly Inline[] {
  const { algorithms, waivers, open, unlimited, revocation, ownSteps } = summary
  const [weakest] = algorithms
  return [
    [countsOf(summary)],
    [
      open.length === 0
        ? 'Every operation asks for a credential.'
        : `${counted(open.length, 'operation')} can be called by anybody, without a credential; see below.`,
    ],
    weakest === undefined
      ? ['Nothing that is signed is accepted: no operation asks for such a token or API key.']
      : say`The weakest signature that is accepted is ${weakest}, of ${joinedCode(algorithms)}.`,
    [
      unlimited.length === 0
        ? 'Every operation is limited.'
        : `${counted(unlimited.length, 'operation')} can be called as often as anybody likes, at least by some requests; see below.`,
    ],
    ...(ownSteps.length === 0
      ? []
      : [
          [
            `Code of the project’s own decides in the gateway’s place: ${ownSteps.map(({ step, operations: having }) => `${step} in ${counted(having, 'operation')}`).join(', ')}. What is said below of tokens, subscriptions and scopes holds there as far as that code lets it.`,
          ],
        ]),
    [
      revocation === null
        ? 'What was issued holds until it expires: the gateway learns of no revocations.'
        : `Revocations are known: ${revocation.snapshot} from the start, and more from ${counted(revocation.feeds, 'feed')}.`,
    ],
    [
      waivers.length === 0
        ? 'No finding of the compiler was waived.'
        : `Findings of the compiler were waived, ${waivers.length} in all; the reasons are below.`,
    ],
    ['Neither parameters nor bodies are held against the definition: the gateway bounds their size and does not look at their content.'],
  ]
}

function countsOf({ apis, operations, protectedBy: { public: open, certificate, token, credentials } }: CertificateSummary): string {
  const parts = [
    open === 0 ? '' : `${open} without security`,
    certificate === 0 ? '' : `${certificate} with a client certificate`,
    token === 0 ? '' : `${token} with tokens`,
    credentials === 0 ? '' : `${credentials} with API keys or passwords, perhaps beside tokens`,
  ].filter((part) => part !== '')
  return `There ${operations === 1 ? 'is' : 'are'} ${counted(operations, 'operation')} of ${counted(apis, 'API')}: ${parts.join(', ')}.`
}

function namedBlocks(title: string, operations: readonly NamedOperation[]): readonly Block[] {
  if (operations.length === 0) return []
  const item = ({ method, template, at }: NamedOperation): Inline => say`${method} ${template}, as ${at} says`
  return [
    { kind: 'heading', level: 3, text: [title] },
    { kind: 'list', items: operations.map(item) },
  ]
}

function codeOf(text: string | SourceReference): Inline {
  return [{ code: text }]
}

function joinedCode(texts: readonly string[]): Inline {
  return texts.flatMap((text, index) => (index === 0 ? [{ code: text }] : [', ', { code: text }]))
}
