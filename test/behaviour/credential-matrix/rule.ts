/**
 * What must become of a request, told without the gateway: docs/security/combining.md in a page.
 *
 * 1. What is sent must be good, if it is of a kind that the operation asks for: the first bad one decides, in the order certificate, token,
 *    proof, API key, password. A certificate is looked at beside tokens too, which may be bound to one; where every way needs one, its
 *    absence counts as a bad one.
 * 2. Any alternative suffices of which all kinds are there. `{}` is for who brings nothing.
 * 3. Else credentials are missing.
 */
import { type Combination, isKey, type Kind } from './combinations.ts'
import type { Fault, Judge, Presented } from './presented.ts'

/** One request's credentials; `null` where it has none of the kind, undefined where the operation looks at none. */
export type Brought = Readonly<Partial<Record<Kind, Presented | null>>>

export type Verdict = {
  readonly status: number
  /** Of the refusal; 0 for what is let through. */
  readonly code: number
  /** Schemes of WWW-Authenticate, each with its error where it has one. */
  readonly challenges: readonly string[]
  /** What each credential that was looked at came to. */
  readonly counted: readonly (readonly [Judge, string])[]
}

export function judge({ alternatives, apart }: Combination, brought: Brought): Verdict {
  const asked = new Set(alternatives.flat())
  const keys = [brought.header, brought.query, brought.cookie].filter((key) => key !== null && key !== undefined)
  if (!apart && present(brought.token) && present(brought.basic)) return twice([])

  const counted: (readonly [Judge, string])[] = []
  const refused = (by: Judge, fault: Fault): Verdict => ({
    status: fault.status,
    code: fault.code,
    challenges: fault.status === 401 ? challenges(by, asked) : [],
    counted: [...counted, [by, fault.reason]],
  })
  for (const [by, fault] of looks(alternatives, brought)) {
    if (by === 'api-key' && keys.length > 1) return twice([...counted, ['api-key', 'api-key-twice']])
    if (fault !== null) return refused(by, fault)
    counted.push([by, 'accepted'])
  }
  const has = (kind: Kind): boolean => (isKey(kind) ? keys.length > 0 : present(brought[kind]))
  const nothing = [...asked].every((kind) => !has(kind))
  if (alternatives.some((all) => (all.length === 0 ? nothing : all.every(has)))) return { status: 200, code: 0, challenges: [], counted }
  return { status: 401, code: 900902, challenges: challenges(null, asked), counted }
}

/** Each credential with what is wrong with it here, in the order in which they are looked at. */
function* looks(alternatives: Combination['alternatives'], brought: Brought): Generator<readonly [Judge, Fault | null]> {
  const { certificate, token, basic } = brought
  if (present(certificate)) yield ['certificate', certificate.fault]
  else if (alternatives.every((all) => all.includes('certificate'))) {
    yield ['certificate', { reason: 'certificate-missing', status: 401, code: 900902 }]
  }
  if (present(token)) {
    const bound = token.boundTo === undefined || token.boundTo === certificate?.client
    yield ['token', token.fault ?? (bound ? null : { reason: 'other-certificate', status: 401, code: 900901 })]
    if (token.proof !== undefined) yield ['proof', token.proof]
  }
  for (const key of [brought.header, brought.query, brought.cookie]) if (present(key)) yield ['api-key', key.fault]
  if (present(basic)) yield ['basic', basic.fault]
}

function present(credential: Presented | null | undefined): credential is Presented {
  return credential !== null && credential !== undefined
}

/** More than one key, or more than one Authorization field. */
function twice(counted: Verdict['counted']): Verdict {
  return { status: 400, code: 40000, challenges: [], counted }
}

/** All schemes that the operation takes; a bad certificate or proof is answered by its own scheme in place of those of tokens. */
function challenges(by: Judge | null, asked: ReadonlySet<Kind>): readonly string[] {
  const others = [...([...asked].some(isKey) ? ['ApiKey'] : []), ...(asked.has('basic') ? ['Basic'] : [])]
  if (by === 'certificate' || (asked.size === 1 && asked.has('certificate'))) return ['ClientCertificate', ...others]
  if (by === 'proof') return ['DPoP invalid_dpop_proof', ...others]
  if (!asked.has('token')) return others
  const error = by === 'token' ? ' invalid_token' : ''
  return [`Bearer${error}`, `DPoP${error}`, ...others]
}
