/**
 * Reads parsed values as what they should be, so that "must be text" is said in one way. Every function reports what is wrong under the
 * code of the document that is read, and returns `null`.
 */
import type { DiagnosticCode } from '../diagnostic-codes.ts'
import type { Diagnostics } from '../diagnostics.ts'
import { nearestName } from './nearest-name.ts'
import type { ArrayNode, ObjectNode, SourceNode } from './source-node.ts'

/** The value of a key, or `null` where the object does not have it. */
export function entry(node: ObjectNode, key: string): SourceNode | null {
  return node.entries.get(key)?.value ?? null
}

/** A value in words, short enough for a message; text is not repeated, as it may be a secret. */
export function describeNode(node: SourceNode): string {
  if (node.kind === 'object') return 'a mapping'
  if (node.kind === 'array') return 'a list'
  if (typeof node.value === 'string') return 'text'
  return node.value === null ? 'empty' : `the ${typeof node.value} ${node.text.slice(0, 40)}`
}

/** Text where a few words are expected, which no secret is: bounded, and with what does not print escaped. */
function shown(text: string): string {
  const bounded = text.length <= 40 ? text : `${text.slice(0, 39)}…`
  const escaped = bounded.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`)
  return `\`${escaped}\``
}

/** Characters. No URL, name or path that can be used is longer. */
const maximumText = 8192

export class NodeAccess {
  readonly diagnostics: Diagnostics
  readonly #code: DiagnosticCode

  /** @param code what a value of the wrong kind is reported as: `invalid-project`, `invalid-definition` and so on. */
  constructor(diagnostics: Diagnostics, code: DiagnosticCode) {
    this.diagnostics = diagnostics
    this.#code = code
  }

  /** Reports, under this reader's code, what is wrong with a value. Returns `null`, for callers to return in turn. */
  refuse(node: SourceNode, message: string, hint?: string): null {
    this.diagnostics.report(this.#code, node.at, message, hint)
    return null
  }

  object(node: SourceNode): ObjectNode | null {
    return node.kind === 'object' ? node : this.#mustBe(node, 'a mapping')
  }

  array(node: SourceNode): ArrayNode | null {
    return node.kind === 'array' ? node : this.#mustBe(node, 'a list')
  }

  /** Text that is not empty, and not so long that it becomes a burden where it is repeated. */
  text(node: SourceNode): string | null {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.#mustBe(node, 'text')
    if (node.value.length > maximumText) return this.refuse(node, `${nameOf(node)} has over ${maximumText} characters`)
    return node.value === '' ? this.refuse(node, `${nameOf(node)} must be text that is not empty`) : node.value
  }

  boolean(node: SourceNode): boolean | null {
    return node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : this.#mustBe(node, '`true` or `false`')
  }

  /** A whole number from `least` to `most`. */
  integer(node: SourceNode, least: number, most: number): number | null {
    const value = node.kind === 'scalar' ? node.value : null
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    return this.#mustBe(node, `a whole number from ${least} to ${most}`)
  }

  oneOf<const Choice extends string>(node: SourceNode, choices: readonly Choice[]): Choice | null {
    const value = node.kind === 'scalar' ? node.value : null
    const choice = choices.find((each) => each === value)
    if (choice !== undefined) return choice
    const nearest = typeof value === 'string' ? nearestName(value, choices) : null
    const hint = nearest === null ? undefined : `Did you mean \`${nearest}\`?`
    const is = typeof value === 'string' ? shown(value) : describeNode(node)
    return this.refuse(node, `${nameOf(node)} must be one of ${choices.map((each) => `\`${each}\``).join(', ')}, and is ${is}`, hint)
  }

  /** The key's value read by one of the functions above; `null` where the object does not have the key. */
  optional<T>(node: ObjectNode, key: string, read: (value: SourceNode) => T | null): T | null {
    const value = entry(node, key)
    return value === null ? null : read(value)
  }

  /** Like `optional`, and a key that is missing is reported at the object. */
  required<T>(node: ObjectNode, key: string, read: (value: SourceNode) => T | null): T | null {
    const value = entry(node, key)
    return value === null ? this.refuse(node, `\`${key}\` is missing`, `Add \`${key}\`.`) : read(value)
  }

  /** Reports every key that is not known as `unknown-key`, with the nearest known one as hint. */
  checkKeys(node: ObjectNode, known: readonly string[]): void {
    for (const [key, { keyAt }] of node.entries) {
      if (known.includes(key)) continue
      const hint = (): string => {
        const nearest = nearestName(key, known)
        return nearest === null ? `Known here: ${known.join(', ')}.` : `Did you mean \`${nearest}\`?`
      }
      this.diagnostics.report('unknown-key', keyAt, `\`${key.slice(0, 80)}\` is not a key that is known here`, hint)
    }
  }

  #mustBe(node: SourceNode, what: string): null {
    return this.refuse(node, `${nameOf(node)} must be ${what}, and is ${describeNode(node)}`)
  }
}

function nameOf(node: SourceNode): string {
  if (node.parent === null) return 'the document'
  return node.parent.kind === 'array' ? `an item of ${nameOf(node.parent)}` : `\`${node.step.slice(0, 80)}\``
}
