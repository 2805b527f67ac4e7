/** API keys in every state and place, and the file of their digests. */
import { hash } from 'node:crypto'
import { keyKinds } from './combinations.ts'
import { expired, invalid, type Presented } from './presented.ts'
import type { Secrets } from './secrets.ts'

export class ApiKeys {
  readonly file: string
  /** What is revoked from the start, as entries of a list. */
  readonly revocations: readonly Readonly<Record<string, string>>[] = [{ apiKey: 'lost' }]
  readonly inEveryState: readonly Presented[]

  constructor(secrets: Secrets) {
    const keys = { right: secrets.word(), old: secrets.word(), elsewhere: secrets.word(), lost: secrets.word() }
    const digest = (key: string): string => `sha256:${hash('sha256', key)}`
    this.file = `keys:
  - { id: right, digest: "${digest(keys.right)}" }
  - { id: old, digest: "${digest(keys.old)}", expires: 2020-01-31 }
  - { id: lost, digest: "${digest(keys.lost)}" }
  - { id: elsewhere, digest: "${digest(keys.elsewhere)}", apis: [Other] }
`
    const texts = { ...keys, malformed: `${secrets.word()}ä`, wrong: secrets.word() }
    this.inEveryState = keyKinds.flatMap((kind) => inEveryState(kind, texts))
  }
}

type Texts = Readonly<Record<'malformed' | 'wrong' | 'old' | 'elsewhere' | 'lost' | 'right', string>>

function inEveryState(kind: (typeof keyKinds)[number], { malformed, wrong, old, elsewhere, lost, right }: Texts): readonly Presented[] {
  const placed = (key: string): Pick<Presented, 'fields' | 'query'> => {
    if (kind === 'header') return { fields: () => [`X-API-Key: ${key}`] }
    if (kind === 'cookie') return { fields: () => [`Cookie: a=1; key=${key}; b=2`] }
    return { query: () => `api_key=${encodeURIComponent(key)}` }
  }
  const common = { kind, column: `key in ${kind}`, detail: '' } as const
  return [
    { ...common, state: 'malformed', fault: invalid('api-key-malformed'), ...placed(malformed) },
    { ...common, state: 'wrong', fault: invalid('api-key-unknown'), ...placed(wrong) },
    { ...common, state: 'expired', fault: expired('api-key-expired'), ...placed(old) },
    { ...common, state: 'wrong-audience', fault: { reason: 'api-key-api', status: 403, code: 900908 }, ...placed(elsewhere) },
    { ...common, state: 'revoked', fault: invalid('api-key-revoked'), ...placed(lost) },
    { ...common, state: 'right', fault: null, ...placed(right) },
  ]
}
