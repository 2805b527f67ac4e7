import type { Diagnostic, Diagnostics } from '../diagnostics.ts'
import type { Waiver } from '../model/types/waiver.ts'
import { parsePointer } from '../source/json-pointer.ts'
import type { Location } from '../source/location.ts'
import { quoted } from './quoted.ts'

/** Takes findings away that the project waives. A waiver covers one rule, at its place and below, until its day has passed (UTC). */
export class Waiving {
  readonly #diagnostics: Diagnostics
  readonly #waivers: readonly { readonly waiver: Waiver; readonly file: string; readonly steps: readonly string[] }[]
  readonly #expired: readonly Waiver[]
  readonly #used = new Set<Waiver>()

  constructor(waivers: readonly Waiver[], diagnostics: Diagnostics, now: Date) {
    this.#diagnostics = diagnostics
    const today = now.toISOString().slice(0, 10)
    this.#expired = waivers.filter((waiver) => waiver.until < today)
    this.#waivers = waivers.filter((waiver) => waiver.until >= today).map((waiver) => ({ waiver, ...split(waiver.pointer) }))
  }

  apply(): void {
    if (this.#waivers.length > 0) this.#diagnostics.remove((diagnostic) => this.#covers(diagnostic))
  }

  reportExpired(): void {
    for (const { rule, until, at } of this.#expired) {
      this.#diagnostics.report('waiver-expired', at, `the waiver of \`${rule}\` held until ${until}`)
    }
  }

  /** Call it when every finding is there, and none is missing because something could not be read. */
  reportUseless(): void {
    for (const { waiver } of this.#waivers) {
      if (this.#used.has(waiver)) continue
      this.#diagnostics.report('waiver-useless', waiver.at, `there is no \`${waiver.rule}\` at ${quoted(waiver.pointer)}`)
    }
  }

  /** Marks every waiver that covers the finding as used, not only the first. */
  #covers({ code, at }: Diagnostic): boolean {
    const covering = this.#waivers.filter(({ waiver, file, steps }) => waiver.rule === code && reaches(file, steps, at))
    for (const { waiver } of covering) this.#used.add(waiver)
    return covering.length > 0
  }
}

function split(pointer: string): { file: string; steps: readonly string[] } {
  const fragment = pointer.indexOf('#')
  return { file: pointer.slice(0, fragment), steps: parsePointer(pointer.slice(fragment + 1)) ?? [] }
}

/** @param file empty for any file. */
function reaches(file: string, steps: readonly string[], at: Location): boolean {
  if (file !== '' && file !== at.file) return false
  const place = parsePointer(at.pointer.slice(1)) ?? []
  return steps.every((step, index) => place[index] === step)
}
