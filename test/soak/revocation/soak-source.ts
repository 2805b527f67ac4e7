/** One source, two gateways that follow it, clients that replay tokens, and one trouble after another. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildBundle } from '../../behaviour/bundle.ts'
import { Issuer } from '../../behaviour/issuer.ts'
import { Random } from '../../random.ts'
import { Backend } from '../../wire/backend.ts'
import { Gateway } from './gateways.ts'
import { Link } from './link.ts'
import { bound, writeRevocableProject } from './project.ts'
import type { Source, Trouble } from './source.ts'
import { type ReplayedToken, ReplayedTokens, wrongness } from './tokens.ts'

export type SoakPlan = {
  readonly milliseconds: number
  readonly seed: number
  /** Revocations whose way is measured before anything happens to the source. */
  readonly measured: number
  readonly progress: (text: string) => void
}

export type SourceOutcome = {
  readonly name: string
  /** Milliseconds from an acknowledged revocation to the first refusal at the last gateway. */
  readonly delays: readonly number[]
  /** What 99 of 100 of them are to be at the most. */
  readonly mostDelay: number
  readonly answers: ReadonlyMap<number, number>
  readonly troubles: ReadonlyMap<string, number>
  readonly revoked: number
  /** What must not be: wrong answers, errors in logs, gateways that are not ready in the end. */
  readonly wrongs: readonly string[]
}

const liveTokens = 200
const clients = 4
const revokeEvery = 100
/** How long a gateway may take until it knows everything again, in the end. */
const patience = 30_000

export async function soakSource(source: Source, plan: SoakPlan): Promise<SourceOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-revocation-soak-'))
  const backend = await Backend.start()
  const issuer = new Issuer('https://one.example.com', 'one', 'ES256')
  writeRevocableProject(folder, source.feeds, issuer)
  const bundle = await buildBundle(folder)
  const link = await Link.to(source.port)
  // One of them knows again at its start what it knew; the other begins with nothing.
  const gateways = [join(folder, 'kept'), ''].map(
    (kept) => new Gateway(bundle, { BACKEND_URL: backend.url, REVOCATION_DIR: kept, ...source.settings(link.port) }),
  )
  try {
    for (const gateway of gateways) await gateway.start()
    return await new Soak(source, link, gateways, issuer, plan).run()
  } finally {
    for (const gateway of gateways) await gateway.stop()
    await link.end()
    await backend.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

class Soak {
  readonly #source: Source
  readonly #link: Link
  readonly #gateways: readonly Gateway[]
  readonly #issuer: Issuer
  readonly #plan: SoakPlan
  readonly #random: Random
  readonly #tokens: ReplayedTokens
  readonly #answers: Map<number, number> = new Map()
  readonly #troubles: Map<string, number> = new Map()
  readonly #wrongs: string[] = []
  #over: boolean = false

  constructor(source: Source, link: Link, gateways: readonly Gateway[], issuer: Issuer, plan: SoakPlan) {
    this.#source = source
    this.#link = link
    this.#gateways = gateways
    this.#issuer = issuer
    this.#plan = plan
    this.#random = new Random(plan.seed)
    this.#tokens = new ReplayedTokens(issuer, Math.ceil(plan.milliseconds / 1000) + 3600, liveTokens)
  }

  async run(): Promise<SourceOutcome> {
    await this.#allReady()
    const delays: number[] = []
    for (let count = 0; count < this.#plan.measured; count++) delays.push(await this.#delay())
    const working = [this.#revoke(), this.#disturb(), ...Array.from({ length: clients }, () => this.#replay())]
    await pause(this.#plan.milliseconds)
    this.#over = true
    await Promise.all(working)
    await this.#allReady()
    await this.#everythingKnown()
    for (const { complaints } of this.#gateways) this.#wrongs.push(...complaints)
    return {
      name: this.#source.name,
      delays,
      mostDelay: this.#source.mostDelay,
      answers: this.#answers,
      troubles: this.#troubles,
      revoked: this.#tokens.revoked,
      wrongs: this.#wrongs,
    }
  }

  /** The delay of one revocation, while clients do not ask. */
  async #delay(): Promise<number> {
    const token = this.#tokens.take(this.#random)
    for (const gateway of this.#gateways) await gateway.ask(token.text)
    await this.#publish(token)
    await Promise.all(
      this.#gateways.map(async (gateway) => {
        while ((await gateway.ask(token.text)) !== 401)
          if (performance.now() - token.acknowledgedAt > patience) throw new Error('never refused')
      }),
    )
    return performance.now() - token.acknowledgedAt
  }

  async #publish(token: ReplayedToken): Promise<void> {
    token.sentAt = Math.min(token.sentAt, performance.now())
    await this.#source.revoke({ jti: token.jti, iss: this.#issuer.name, exp: token.expires })
    token.acknowledgedAt = performance.now()
  }

  async #revoke(): Promise<void> {
    while (!this.#over) {
      const token = this.#tokens.take(this.#random)
      // A source that is away acknowledges nothing: it is told again, for as long as it takes.
      while (token.acknowledgedAt === Number.POSITIVE_INFINITY) await this.#publish(token).catch(() => pause(revokeEvery))
      await pause(revokeEvery)
    }
  }

  async #replay(): Promise<void> {
    while (!this.#over) {
      await this.#ask(this.#random.pick(this.#gateways), this.#tokens.any(this.#random))
      await pause(this.#random.below(10))
    }
  }

  async #ask(gateway: Gateway, token: ReplayedToken): Promise<void> {
    if (!gateway.up) return
    const askedAt = performance.now()
    const status = await gateway.ask(token.text)
    if (status === null) return
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1)
    const wrong = wrongness(token, status, askedAt, performance.now(), bound)
    if (wrong !== null) this.#wrongs.push(`${this.#source.name}: ${wrong}`)
  }

  /** One at a time: what a gateway that begins must learn is not lost at the same moment. */
  async #disturb(): Promise<void> {
    const troubles = [...this.#source.troubles, ...this.#ownTroubles]
    while (!this.#over) {
      const { name, happen } = this.#random.pick(troubles)
      this.#plan.progress(`${this.#source.name}: ${name}`)
      await happen(this.#random)
      this.#troubles.set(name, (this.#troubles.get(name) ?? 0) + 1)
      await this.#allReady()
      await pause(this.#random.below(2000))
    }
  }

  get #ownTroubles(): readonly Trouble[] {
    const broken = (name: string, breakIt: () => void): Trouble => ({
      name,
      happen: async (random) => {
        breakIt()
        await pause(random.below(2 * bound))
        this.#link.open()
      },
    })
    return [
      broken('the way to it silent', () => this.#link.silence()),
      broken('the way to it cut', () => this.#link.cut()),
      {
        name: 'a gateway ended and begun again',
        happen: async (random) => {
          const gateway = random.pick(this.#gateways)
          await gateway.stop()
          await gateway.start()
        },
      },
      {
        name: 'a gateway killed and begun again',
        happen: async (random) => {
          const gateway = random.pick(this.#gateways)
          await gateway.stop('SIGKILL')
          await gateway.start()
        },
      },
    ]
  }

  /** All is as it should be: whoever was revoked is refused, and nobody else. */
  async #everythingKnown(): Promise<void> {
    await pause(bound)
    for (const gateway of this.#gateways) for (let count = 0; count < 500; count++) await this.#ask(gateway, this.#tokens.any(this.#random))
    const probe = this.#tokens.take(this.#random)
    const end = performance.now() + patience
    for (const gateway of this.#gateways) {
      while ((await gateway.ask(probe.text)) !== 200) {
        if (performance.now() > end) throw new Error(`${this.#source.name}: a gateway does not serve a live token again`)
        await pause(50)
      }
    }
  }

  async #allReady(): Promise<void> {
    const end = performance.now() + patience
    for (const gateway of this.#gateways) {
      while (!(await gateway.ready())) {
        if (performance.now() > end) throw new Error(`${this.#source.name}: a gateway does not become ready`)
        await pause(50)
      }
    }
  }
}
