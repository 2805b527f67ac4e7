/**
 * READ THIS FIRST: the whole of `postern selftest`. What must happen is taken from the certificate (the manifest) and the table of refusals;
 * what does happen, from the bundle's own code in processes of its own. Nothing of the gateway's code is asked what it thinks is right.
 */
import { join } from 'node:path'
import type { Manifest } from '../../contract/manifest.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { Callers } from './callers.ts'
import { CaseRun, eachOf } from './case-run.ts'
import { certifiedParts } from './certified.ts'
import { certifiedLimits } from './certified-limits.ts'
import { corsCases } from './cors-cases.ts'
import { credentialCases } from './credential-cases.ts'
import { denialCases } from './denial-cases.ts'
import { codeDigest, type GatewayText, takeApart } from './embedded-plan.ts'
import { backendTarget, examplePath } from './example-request.ts'
import { GatewayUnderTest, NotStarted } from './gateway-under-test.ts'
import { makeIdentities } from './identities.ts'
import { scaleOf } from './limit-plan.ts'
import { LimitRun } from './limit-run.ts'
import { notTriedAtAll } from './not-tried.ts'
import type { Outcome, Tested } from './outcome.ts'
import { type LimitScale, replacedPlan } from './replaced-plan.ts'
import { type Replacement, replacementsIn } from './replacements.ts'
import { requestCases, unknownPath } from './request-cases.ts'
import { StandIns } from './stand-ins.ts'
import type { Place } from './test-case.ts'
import { waysInto } from './ways-in.ts'

export type BundleUnderTest = { readonly gateway: string; readonly manifestText: string; readonly manifest: Manifest }

export type SelftestResult = {
  /** Of the bundle. */
  readonly digest: string
  /** Of its code without the plan, which is what has run. */
  readonly codeDigest: string
  readonly replaced: readonly Replacement[]
  /** Amounts of limits that are too large to be used up, with what stands in their places. */
  readonly scaled: readonly { readonly certified: number; readonly amount: number }[]
  readonly tested: readonly Tested[]
}

/** Operations at a time, at the most. */
const width = 32

/** `folder`: an empty one for the gateways. `progress` is told how many operations are done. */
export async function selftest(
  bundle: BundleUnderTest,
  folder: string,
  progress: (done: number, all: number) => void,
): Promise<SelftestResult> {
  const text = takeApart(bundle.gateway)
  const standIns = await StandIns.start()
  try {
    return await new Selftest(bundle, text, folder, standIns).run(progress)
  } finally {
    await standIns.stop()
  }
}

class Selftest {
  readonly #bundle: BundleUnderTest
  readonly #text: GatewayText
  readonly #folder: string
  readonly #standIns: StandIns
  #started = 0

  constructor(bundle: BundleUnderTest, text: GatewayText, folder: string, standIns: StandIns) {
    this.#bundle = bundle
    this.#text = text
    this.#folder = folder
    this.#standIns = standIns
  }

  async run(progress: (done: number, all: number) => void): Promise<SelftestResult> {
    const { manifest } = this.#bundle
    const { plan } = this.#text
    const identities = await makeIdentities(plan, manifest)
    for (const [index, { keys }] of identities.issuers.entries())
      this.#standIns.setKeySet(
        index,
        keys.map(({ jwk, kid, algorithms }) => ({ ...jwk, kid, alg: algorithms[0], use: 'sig' })),
      )
    const planFor = (scale: LimitScale): GatewayPlan => replacedPlan(plan, identities, this.#standIns, scale)
    const scale = scaleOf(plan, manifest)
    const [lifted, scaled] = [planFor({ kind: 'lifted' }), planFor({ kind: 'scaled', amountOf: (amount) => scale.get(amount) ?? amount })]
    const replaced = replacementsIn(plan, scaled)
    replacementsIn(plan, lifted)

    const whole: Outcome[] = [...(await certifiedParts(plan, manifest)), ...notTriedAtAll(manifest)]
    const result = (tested: readonly Tested[]): SelftestResult => ({
      digest: manifest.digest,
      codeDigest: codeDigest(this.#text),
      replaced,
      scaled: [...scale].map(([certified, amount]) => ({ certified, amount })),
      tested: [{ operation: null, outcomes: whole }, ...tested],
    })
    const gateway = await this.#start(lifted).catch((error: unknown) => notStarted(error))
    if (!(gateway instanceof GatewayUnderTest)) {
      whole.push(gateway)
      return result([])
    }
    const limits = new LimitRun(
      () => this.#start(scaled),
      this.#standIns,
      (amount) => scale.get(amount) ?? amount,
    )
    try {
      const cases = new CaseRun(gateway, this.#standIns)
      // However slow the machine is, no token expires and no proof grows old in between.
      const heldAt = await gateway.advance(0)
      const callers = new Callers(manifest, identities, this.#standIns, () => heldAt)
      const laterCallers = new Callers(manifest, identities, this.#standIns, () => limits.now)
      whole.push(...(await cases.run([unknownPath()], null)))
      const transports = { http: true, https: gateway.https !== null }
      const lanes = lanesFor(manifest)
      const places = placesOf(manifest, gateway.https !== null)
      const reached = places.flatMap((place) => ('why' in place ? [] : [{ ...place, callers }]))
      for (const { planned, place } of await denialCases(manifest, reached)) whole.push(...(await cases.run([planned], place)))
      let done = 0
      const [byCases, byLimits] = await Promise.all([
        eachOf(places, lanes, async (place): Promise<readonly Outcome[]> => {
          if ('why' in place) return [{ kind: 'not-tried', test: 'everything', why: place.why }]
          const at = { ...place, callers }
          const outcomes = await cases.run(
            [...(await credentialCases(at)), ...(await corsCases(at)), ...(await requestCases(at, transports))],
            at,
          )
          progress(++done, places.length)
          return outcomes
        }),
        eachOf(
          places,
          1,
          async (place): Promise<readonly Outcome[]> => ('why' in place ? [] : limits.run({ ...place, callers: laterCallers })),
        ),
      ])
      return result(
        manifest.operations.map((operation, index) => ({
          operation,
          outcomes: [certifiedLimits(operation.limits, plan.operations[index], plan), ...byCases[index]!, ...byLimits[index]!],
        })),
      )
    } catch (error) {
      whole.push(notStarted(error))
      return result([])
    } finally {
      await limits.stop()
      await gateway.stop()
    }
  }

  #start(plan: GatewayPlan): Promise<GatewayUnderTest> {
    const folder = join(this.#folder, String(this.#started++))
    return GatewayUnderTest.start({ text: this.#text, plan, manifest: this.#bundle.manifestText, folder })
  }
}

function notStarted(error: unknown): Outcome {
  if (!(error instanceof NotStarted)) throw error
  return { kind: 'failed', test: 'the gateway starts', expected: 'a gateway that listens and is ready', found: error.message }
}

/** The gateway's own bounds must not be in the way, nor one test in another's. */
function lanesFor({ operations, bounds, issuers }: Manifest): number {
  // Where something is revoked, answers that are under way count for nothing.
  if (operations.some(({ concurrency, keyManager }) => concurrency !== null || keyManager?.endpoint === 'revoke')) return 1
  const lookups = issuers.map(({ introspection }) => introspection?.lookups ?? width)
  return Math.max(1, Math.min(width, Math.floor(bounds.maxConnections / 2), bounds.maxUpstreamConnections, ...lookups))
}

type Unreachable = { readonly why: string }

function placesOf(manifest: Manifest, hasTls: boolean): readonly (Omit<Place, 'callers'> | Unreachable)[] {
  const bySegments = Map.groupBy(manifest.operations, ({ template }) => template.split('/').length)
  return manifest.operations.map((operation) => {
    const neighbours = bySegments.get(operation.template.split('/').length) ?? []
    const path = examplePath(operation, neighbours)
    if (path === null) return { why: 'no example of a path leads to the operation' }
    const needsTls =
      operation.transport.kind === 'https' ||
      (operation.transport.kind === 'any' && operation.clientCertificate.asked !== 'unused' && manifest.clientCertificates?.header === null)
    const backendPath = backendTarget(operation, path, manifest)
    return { operation, path, backendPath, secure: needsTls && hasTls, ways: waysInto(operation), neighbours }
  })
}
