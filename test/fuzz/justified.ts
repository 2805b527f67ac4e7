/**
 * Everything that the gateway refuses although Node's strict parser takes it, and why. Each entry is judged by what Node read, not by
 * the gateway's code; a refusal that no entry covers fails the fuzz test.
 */
import type { ParsedRequest } from './node-parser.ts'

export type Refused = {
  /** The whole stream, for what cannot be seen in what Node read of it. */
  readonly stream: string
  /** The kind of refusal. */
  readonly refusal: string
  /** What Node read; its body may be unfinished. */
  readonly request: ParsedRequest
  /** Why Node gave up later, if it did. */
  readonly error: string | null
}

type Justification = { readonly reason: string; readonly refusal: string; readonly applies: (refused: Refused) => boolean }

function values({ fields }: ParsedRequest, name: string): readonly string[] {
  return fields.filter(([own]) => own.toLowerCase() === name).map(([, value]) => value)
}

function path({ target }: ParsedRequest): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0] ?? ''
}

function isUtf8(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const justifications: readonly Justification[] = [
]

/** Why the refusal is right; null where nothing says so. */
export function justification(refused: Refused): string | null {
  return justifications.find(({ refusal, applies }) => refusal === refused.refusal && applies(refused))?.reason ?? null
}
