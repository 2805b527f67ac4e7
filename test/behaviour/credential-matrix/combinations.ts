/** Combinations of kinds of credential, for each of which there is an operation. */

/** What an operation may ask for: the scheme of a definition, not how a credential is made. */
export type Kind = 'token' | 'header' | 'query' | 'cookie' | 'basic' | 'certificate'

export const keyKinds = ['header', 'query', 'cookie'] as const satisfies readonly Kind[]

export type Combination = {
  /** Any of them suffices, and of one all that it names; one without any is `{}`. */
  readonly alternatives: readonly (readonly Kind[])[]
  readonly path: string
  /** Tokens come in a field of their own, so that a password fits beside them. */
  readonly apart: boolean
}

const kinds: readonly Kind[] = ['token', ...keyKinds, 'basic', 'certificate']
const pairs = kinds.flatMap((one, index) => kinds.slice(index + 1).map((other) => [one, other] as const))

/** The two cannot be together in a request: they are errors of the build. */
function collide(one: Kind, other: Kind): boolean {
  return (isKey(one) && isKey(other)) || (one === 'token' && other === 'basic')
}

export function isKey(kind: Kind): boolean {
  return kind === 'header' || kind === 'query' || kind === 'cookie'
}

const larger: readonly (readonly (readonly Kind[])[])[] = [
  [['token'], ['header'], ['basic'], ['certificate']],
  [['token', 'header', 'certificate']],
  [['header', 'basic', 'certificate']],
  [['token', 'header'], ['basic']],
  [
    ['token', 'header'],
    ['basic', 'certificate'],
  ],
  [['certificate', 'header'], ['token']],
  [
    ['certificate', 'basic'],
    ['certificate', 'header'],
  ],
  [['header'], ['query'], ['cookie']],
  [[], ['token']],
  [[], ['query']],
  [[], ['basic']],
  [[], ['certificate']],
  [[], ['header', 'basic']],
]

export const combinations: readonly Combination[] = [
  ...kinds.map((kind) => combination([[kind]])),
  ...pairs.map(([one, other]) => combination([[one], [other]])),
  ...pairs.filter(([one, other]) => !collide(one, other)).map((pair) => combination([pair])),
  ...larger.map((alternatives) => combination(alternatives)),
  combination([['token'], ['basic']], true),
  combination([['token', 'basic']], true),
  combination([['token', 'header', 'basic', 'certificate']], true),
]

function combination(alternatives: Combination['alternatives'], apart = false): Combination {
  const name = alternatives.map((all) => (all.length === 0 ? 'nothing' : all.join('-and-'))).join('-or-')
  return { alternatives, path: `${apart ? '/apart' : '/usual'}/${name}`, apart }
}

export const publicPaths: readonly string[] = ['/usual/open', '/apart/open']

/** The field in which tokens come where they are apart. */
export const tokenField = 'X-Access-Token'
