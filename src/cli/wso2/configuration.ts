/**
 * A configuration file of WSO2 API Microgateway in TOML. Whoever reads a setting says what becomes of it; what nobody has spoken of in the
 * end is told as not supported, so that nothing is dropped in silence.
 */
import { parse } from 'smol-toml'
import { UsageError } from '../failures.ts'
import type { Outcome } from './outcome.ts'

type Leaf = string | number | bigint | boolean | readonly string[]

export class Configuration {
  readonly #file: string
  readonly #leaves = new Map<string, Leaf>()
  readonly #lines: ReadonlyMap<string, number>
  readonly #outcomes = new Map<string, Outcome>()
  /** Settings whose values are of another kind than what is asked for, and what to do about them. */
  readonly #unread = new Map<string, string>()

  /** @param file what the report calls it. Throws a UsageError for text that is no TOML. */
  constructor(file: string, text: string) {
    this.#file = file
    try {
      this.#collect('', parse(text))
    } catch (error) {
      // The rest of the library's message quotes the file, where passwords stand.
      const line = error instanceof Error && 'line' in error ? ` at line ${String(error.line)}` : ''
      throw new UsageError(`${file} is not TOML${line}.`, 'Correct it, or name another file with --config.')
    }
    this.#lines = linesOf(text)
  }

  /** What stands in the given tables, of which there are none without a setting: `jwtTokenConfig[0]`, `jwtTokenConfig[1]`. */
  tables(path: string): readonly string[] {
    const escaped = path.replaceAll(/[.[\]]/g, '\\$&')
    const found = [...this.#leaves.keys()].flatMap((leaf) => new RegExp(`^(${escaped}\\[\\d+\\])`).exec(leaf)?.[1] ?? [])
    return [...new Set(found)]
  }

  /** Names of the tables below a table: the users of `b7a.users`. */
  names(path: string): readonly string[] {
    const inside = [...this.#leaves.keys()].filter((leaf) => leaf.startsWith(`${path}.`)).map((leaf) => leaf.slice(path.length + 1))
    return [...new Set(inside.flatMap((leaf) => (leaf.includes('.') ? [leaf.slice(0, leaf.lastIndexOf('.'))] : [])))]
  }

  /** `null` where it is not there, or empty. */
  text(path: string): string | null {
    const leaf = this.#leaves.get(path)
    return leaf === undefined || leaf === '' || typeof leaf === 'object' ? null : String(leaf)
  }

  /** An address without its user and password, which are not taken over; `null` where it is not there, or empty. */
  address(path: string): string | null {
    return this.text(path)?.replace(/^([a-z]+:\/\/)[^/?#]*@/i, '$1') ?? null
  }

  list(path: string): readonly string[] {
    const leaf = this.#leaves.get(path)
    if (leaf === undefined || leaf === '') return []
    return typeof leaf === 'object' ? leaf : [String(leaf)]
  }

  /** Also where it is written as text, as whatever comes from an environment or a command line is. */
  number(path: string): number | null {
    const leaf = this.#leaves.get(path)
    if (leaf === undefined || leaf === '') return null
    const number = /^-?\d{1,15}$/.test(String(leaf).trim()) ? Number(leaf) : null
    if (number === null) this.#unread.set(path, 'it is no whole number, and was left out')
    return number
  }

  /** Also where it is written as text. */
  boolean(path: string, otherwise: boolean): boolean {
    const leaf = this.#leaves.get(path)
    if (leaf === undefined || leaf === '') return otherwise
    const word = String(leaf).trim().toLowerCase()
    if (word === 'true' || word === 'false') return word === 'true'
    this.#unread.set(path, `it is neither \`true\` nor \`false\`, and was read as \`${otherwise}\``)
    return otherwise
  }

  /** Says what becomes of settings, where they are there. */
  carried(how: string, ...paths: readonly string[]): void {
    this.#say('carried', how, paths)
  }

  differs(how: string, ...paths: readonly string[]): void {
    this.#say('differs', how, paths)
  }

  unsupported(how: string, ...paths: readonly string[]): void {
    this.#say('not-supported', how, paths)
  }

  /** Says it of all settings below a table that nobody has spoken of. */
  rest(kind: Outcome['kind'], table: string, how: string): void {
    const inside = [...this.#leaves.keys()].filter((leaf) => leaf.startsWith(`${table}.`) || leaf.startsWith(`${table}[`))
    this.#say(
      kind,
      how,
      inside.filter((leaf) => !this.#outcomes.has(leaf)),
    )
  }

  get outcomes(): readonly Outcome[] {
    const unknown = [...this.#leaves.keys()].filter((leaf) => !this.#outcomes.has(leaf))
    this.#say('not-supported', 'Postern has nothing like it', unknown)
    for (const [path, problem] of this.#unread) this.#say('not-supported', `${problem}: correct it, and import again`, [path])
    for (const [path, { kind }] of this.#outcomes)
      if (kind === 'carried' && this.#standsForAnother(path))
        this.#say('not-supported', 'what it stands for is known to the Microgateway only: write that in its place, and import again', [
          path,
        ])
    return [...this.#leaves.keys()].map((leaf) => this.#outcomes.get(leaf)!)
  }

  /** Whether the Microgateway puts something else in the place of the text: from its environment, decrypted. */
  #standsForAnother(path: string): boolean {
    return this.list(path).some((text) => /(?:\$|\$env|@env:|@encrypted:)\{/.test(text))
  }

  #say(kind: Outcome['kind'], how: string, paths: readonly string[]): void {
    for (const path of paths) {
      if (!this.#leaves.has(path)) continue
      const line = this.#lineOf(path)
      this.#outcomes.set(path, { what: path, at: line === undefined ? this.#file : `${this.#file}:${line}`, kind, how })
    }
  }

  /** That of what it stands in, where it has none of its own: `a = { b = 1 }`. */
  #lineOf(path: string): number | undefined {
    for (let within = path; within !== ''; within = within.slice(0, Math.max(0, within.lastIndexOf('.')))) {
      const line = this.#lines.get(within)
      if (line !== undefined) return line
    }
    return undefined
  }

  #collect(prefix: string, value: unknown): void {
    if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && !(item instanceof Date))) {
      for (const [index, item] of value.entries()) this.#collect(`${prefix}[${index}]`, item)
      if (value.length === 0) this.#leaves.set(prefix, [])
    } else if (Array.isArray(value)) this.#leaves.set(prefix, value.map(String))
    else if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
      for (const [key, item] of Object.entries(value)) this.#collect(prefix === '' ? key : `${prefix}.${key}`, item)
    } else this.#leaves.set(prefix, isLeaf(value) ? value : String(value))
  }
}

function isLeaf(value: unknown): value is Leaf {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

/** The line of each `key = value`, as far as it stands in a line of its own; the parser does not tell. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const counts = new Map<string, number>()
  let table = ''
  for (const [index, line] of text.split('\n').entries()) {
    const [, brackets = '', name] = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line) ?? []
    if (name !== undefined) {
      const within = insideLast(name.replaceAll(/["'\s]/g, ''), counts)
      if (brackets === '[[') counts.set(within, (counts.get(within) ?? -1) + 1)
      table = brackets === '[[' ? `${within}[${counts.get(within)}]` : within
      continue
    }
    const key = /^\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=/.exec(line)?.[1]?.replaceAll(/["']/g, '')
    if (key !== undefined) lines.set(table === '' ? key : `${table}.${key}`, index + 1)
  }
  return lines
}

/** `a.b` within the last table of the list `a`: `a[2].b`. */
function insideLast(name: string, counts: ReadonlyMap<string, number>): string {
  const parts = name.split('.')
  let path = ''
  for (const [index, part] of parts.entries()) {
    path = path === '' ? part : `${path}.${part}`
    const count = counts.get(path)
    if (count !== undefined && index < parts.length - 1) path += `[${count}]`
  }
  return path
}
