/** Users with passwords in every state, and the file of their digests. */
import { scryptSync } from 'node:crypto'
import { invalid, type Presented } from './presented.ts'
import type { Secrets } from './secrets.ts'

/** A user may be guessed at a few times only. */
const guessedUsers = Array.from({ length: 100 }, (_, index) => `user-${index}`)

export class Passwords {
  readonly file: string
  readonly inEveryState: readonly Presented[]
  readonly #secrets: Secrets
  #guesses: number = 0

  constructor(secrets: Secrets) {
    this.#secrets = secrets
    const password = secrets.word()
    const stored = scrypt(password)
    this.file = `users:\n${['alice', ...guessedUsers].map((name) => `  - { name: ${name}, password: "${stored}" }\n`).join('')}`
    const [malformed, guess] = [secrets.word(), secrets.word()]
    const common = { kind: 'basic', column: 'password', detail: '' } as const
    this.inEveryState = [
      { ...common, state: 'malformed', fault: invalid('basic-malformed'), fields: () => [`Authorization: Basic ${malformed}=`] },
      { ...common, state: 'wrong', fault: invalid('basic-wrong'), fields: () => this.#pair(this.#nextUser(), guess) },
      { ...common, state: 'right', fault: null, fields: () => this.#pair('alice', password) },
    ]
  }

  #nextUser(): string {
    return guessedUsers[this.#guesses++ % guessedUsers.length]!
  }

  #pair(name: string, password: string): readonly string[] {
    return [`Authorization: Basic ${this.#secrets.keep(Buffer.from(`${name}:${password}`).toString('base64'))}`]
  }
}

function scrypt(password: string): string {
  const salt = Buffer.alloc(16, 7)
  return `scrypt$16384$8$1$${salt.toString('base64url')}$${scryptSync(password, salt, 32).toString('base64url')}`
}
