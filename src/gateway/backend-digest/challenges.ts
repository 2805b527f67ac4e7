/**
 * Reads `WWW-Authenticate` and `Authentication-Info` (RFC 9110 §11.2–11.6) as strictly as they are written: one doubtful character, and
 * nothing of it counts. A backend is known, but what comes over its connection may be anybody's.
 */

export type Challenge = {
  /** In lower case. */
  readonly scheme: string
  /** By lower-case name; quoted texts without their quotes. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Characters of all challenges together, how many there may be, and parameters of one. */
const maximumText = 8192
const maximumChallenges = 16
const maximumParameters = 32

const token = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y
/** Without escapes: whether the escape is part of what is hashed, peers do not agree. */
const quoted = /"([\t !\x23-\x5b\x5d-\x7e\x80-\xff]*)"/y
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y
const spaces = /[ \t]*/y
const separators = /[ \t,]*/y

/** All challenges in their order; `null` where they cannot be read. */
export function readChallenges(text: string): readonly Challenge[] | null {
  if (text.length > maximumText) return null
  const reader = new Reader(text)
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  reader.take(separators)
  while (!reader.ended) {
    const name = reader.take(token)
    if (name === null) return null
    const isParameter = reader.take(/[ \t]*=[ \t]*/y) !== null
    const current = challenges.at(-1)
    if (!isParameter) {
      if (challenges.length === maximumChallenges) return null
      challenges.push({ scheme: name.toLowerCase(), parameters: new Map() })
      const space = reader.take(/[ \t]+/y)
      if (space === null && !reader.atComma && !reader.ended) return null
      if (space !== null) reader.take(token68)
    } else {
      if (current === undefined || !readParameter(reader, name, current.parameters)) return null
      reader.take(spaces)
      if (!reader.atComma && !reader.ended) return null
    }
    reader.take(separators)
  }
  return challenges
}

/** The parameters of a field that is one list of them; `null` where they cannot be read. */
export function readParameters(text: string): ReadonlyMap<string, string> | null {
  const challenges = readChallenges(`info ${text}`)
  return challenges?.length === 1 ? challenges[0]!.parameters : null
}

function readParameter(reader: Reader, name: string, into: Map<string, string>): boolean {
  const value = reader.quoted() ?? reader.take(token)
  const key = name.toLowerCase()
  if (value === null || into.has(key) || into.size === maximumParameters) return false
  into.set(key, value)
  return true
}

class Reader {
  readonly #text: string
  #position: number = 0

  constructor(text: string) {
    this.#text = text
  }

  get ended(): boolean {
    return this.#position === this.#text.length
  }

  get atComma(): boolean {
    return this.#text[this.#position] === ','
  }

  /** What a sticky pattern matches here; `null` where it does not. */
  take(pattern: RegExp): string | null {
    return this.#match(pattern)?.[0] ?? null
  }

  quoted(): string | null {
    return this.#match(quoted)?.[1] ?? null
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#position
    const match = pattern.exec(this.#text)
    if (match !== null) this.#position = pattern.lastIndex
    return match
  }
}
