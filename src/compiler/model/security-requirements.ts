/** `security` and the schemes that it names, as they are written. What they mean for an operation is decided in operation-security. */
import type { ArrayNode, ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Definition } from './definition.ts'
import type { Placed } from './types/placed.ts'
import type { RequiredScheme, Requirement, SecurityScheme } from './types/security.ts'

/** Every operation may have the root's list, so its length multiplies. */
const maximumParts = 500
const maximumName = 256

export class SecurityRequirements {
  readonly #definition: Definition
  readonly #schemes = new Map<string, SecurityScheme>()
  readonly #read = new Map<SourceNode, readonly Requirement[] | null>()

  constructor(definition: Definition) {
    this.#definition = definition
  }

  /** @returns `null` where the value is not a list of Security Requirement Objects, which is reported. */
  of(node: SourceNode): readonly Requirement[] | null {
    const known = this.#read.get(node)
    if (known !== undefined) return known
    const list = this.#definition.access.array(node)
    const requirements = list === null || this.#isTooLong(list) ? null : list.items.map((item) => this.#requirement(item))
    const complete = requirements?.every((requirement) => requirement !== null) ? requirements : null
    this.#read.set(node, complete)
    return complete
  }

  #isTooLong(list: ArrayNode): boolean {
    const parts = list.items.map(
      (item) => 1 + (item.kind === 'object' ? sum([...item.entries.values()].map(({ value }) => lengthOf(value))) : 0),
    )
    if (sum(parts) <= maximumParts) return false
    this.#definition.access.refuse(list, `\`security\` names over ${maximumParts} alternatives, schemes and scopes`)
    return true
  }

  #requirement(node: SourceNode): Requirement | null {
    const object = this.#definition.access.object(node)
    if (object === null) return null
    const schemes: RequiredScheme[] = []
    for (const [name, { keyAt, value }] of object.entries) {
      if (name.length > maximumName) return this.#definition.access.refuse(object, `a scheme’s name has over ${maximumName} characters`)
      const scopes = this.#scopes(value)
      if (scopes === null) return null
      schemes.push({ at: keyAt, name, scheme: this.#scheme(name), scopes })
    }
    return { at: object.at, schemes }
  }

  /** A scope with white space in it would never be found in a token: RFC 6749 section 3.3. */
  #scopes(node: SourceNode): readonly Placed<string>[] | null {
    const { access } = this.#definition
    const scopes = access.array(node)?.items.map((item) => {
      const value = access.text(item)
      if (value === null) return null
      return isScope(value) ? { value, at: item.at } : access.refuse(item, 'a scope holds neither white space nor quotes and backslashes')
    })
    const sound = scopes?.filter((scope) => scope !== null)
    return sound === undefined || sound.length !== scopes?.length ? null : sound
  }

  #scheme(name: string): SecurityScheme {
    const known = this.#schemes.get(name)
    if (known !== undefined) return known
    const scheme = this.#readScheme(name)
    this.#schemes.set(name, scheme)
    return scheme
  }

  #readScheme(name: string): SecurityScheme {
    const { root, dialect, access, follow } = this.#definition
    const declared = dialect.securitySchemes(root)
    const found = declared?.kind === 'object' ? declared.entries.get(name)?.value : undefined
    if (found === undefined) return { kind: 'undefined' }
    const target = follow(found)
    const scheme: ObjectNode | null = target === null ? null : access.object(target)
    return (scheme === null ? null : dialect.readScheme(scheme, access)) ?? { kind: 'unreadable' }
  }
}

function lengthOf(node: SourceNode): number {
  return 1 + (node.kind === 'array' ? node.items.length : 0)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}

/** scope-token of RFC 6749 section 3.3. */
export function isScope(text: string): boolean {
  return /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)
}
