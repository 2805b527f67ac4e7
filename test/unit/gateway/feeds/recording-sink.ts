/** What a feed says, as a gateway would take it. */
import type { RevokedPlan } from '../../../../src/contract/plan/revocation.ts'
import type { NamedSink } from '../../../../src/gateway/capabilities/revocation-feed.ts'
import { until } from '../../../wire/until.ts'

export class RecordingSink implements NamedSink {
  readonly names: Set<string> = new Set()
  /** Also what was taken back. */
  readonly ever: string[] = []
  readonly problems: string[] = []
  loads: number = 0
  confirmed: number = 0
  expected: number = 0
  skipped: number = 0
  readonly lacksRoom: boolean = false

  begin(entries: number): void {
    this.names.clear()
    this.expected = entries
  }
  put({ kind, name }: RevokedPlan): void {
    this.names.add(`${kind} ${name}`)
    this.ever.push(`${kind} ${name}`)
  }
  putBeside(entry: RevokedPlan): boolean {
    const before = this.names.size
    this.put(entry)
    return this.names.size === before
  }
  hasEnded({ expires }: RevokedPlan): boolean {
    return expires !== null && expires * 1000 <= Date.now()
  }
  remove({ kind, name }: RevokedPlan): void {
    this.names.delete(`${kind} ${name}`)
  }
  async end(): Promise<void> {
    this.loads++
  }
  confirm(): void {
    this.confirmed++
  }
  rejected(): void {
    this.skipped++
  }
  failed(problem: string): void {
    this.problems.push(problem)
  }

  /** Waits until what it knows now is known to be all. */
  async confirmedAgain(): Promise<void> {
    // The one that is under way may have asked before.
    const wanted = this.confirmed + 2
    await until(() => this.confirmed >= wanted)
  }
}
