/** Makes the texts that only the gateway may see, and remembers them: they are looked for wherever they must not be. */
import { randomBytes } from 'node:crypto'

export class Secrets {
  readonly all: Set<string> = new Set()

  /** A new one, of characters that may stand anywhere. */
  word(): string {
    return this.keep(randomBytes(24).toString('base64url'))
  }

  keep(text: string): string {
    this.all.add(text)
    return text
  }

  /** A signed text, of which no part may be seen either. The header is the same in many, and no secret. */
  keepSigned(text: string): string {
    const [, payload, signature] = text.split('.')
    for (const part of [text, payload!, signature!]) this.keep(part)
    return text
  }
}
