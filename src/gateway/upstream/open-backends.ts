/** Makes the backends of a plan, as its settings and the parts of the bundle have it. What does not fit together stops the start. */
import type { BackendCredentialPlan } from '../../contract/plan/backend-credential.ts'
import type { SettingText } from '../../contract/plan/setting.ts'
import type { UpstreamPlan } from '../../contract/plan/upstream.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import type { Capabilities } from '../capabilities.ts'
import type { Clock } from '../clock.ts'
import type { CoarseClock } from '../coarse-clock.ts'
import { shareOf } from '../serving-thread.ts'
import { StartError, settingsIn, settle } from '../settings.ts'
import type { Backend } from './backend.ts'
import { type BackendOrigin, parseBackendOrigin } from './backend-origin.ts'
import { type ClientCertificateFiles, type Dial, type Lookup, plainDial } from './dial.ts'
import type { BackendCredential, ConstantCredential, Tell } from './gateway-credential.ts'
import { Upstream } from './upstream.ts'
import type { UpstreamLimits } from './upstream-limits.ts'

export type BackendSurroundings = {
  readonly plan: GatewayPlan
  readonly capabilities: Capabilities
  /** Values of the plan's settings. */
  readonly values: ReadonlyMap<string, string>
  readonly clock: CoarseClock
  /** For what is signed with its time. */
  readonly wallClock: Clock
  /** Which thread it is: bounds are divided among all. */
  readonly thread: { readonly index: number; readonly count: number }
  /** Takes what an operator should know, without secrets in it. */
  readonly warn: (problem: string) => void
  readonly lookup?: Lookup
  /** Takes what becomes of the credential for a backend, which is given by its index. */
  readonly tell: (upstream: number, event: string, problem: string | null) => void
}

export async function openBackends(surroundings: BackendSurroundings): Promise<readonly Backend[]> {
  const { plan, capabilities, values, clock, thread, warn, lookup } = surroundings
  const limits = limitsOf(plan, thread)
  const origins = plan.upstreams.map((upstream) => originOf(upstream, values))
  const tlsDial = origins.some(({ secure }) => secure) ? await capabilities['https-backend']?.() : undefined
  const http2 = plan.upstreams.some(({ http }) => http === '2') ? await capabilities['http2-backend']?.() : undefined

  const dialOf = ({ http, tls }: UpstreamPlan, { secure }: BackendOrigin): Dial => {
    if (!secure) return plainDial(lookup)
    if (tlsDial === undefined) throw new StartError('this gateway was built without https backends')
    return tlsDial({
      authorities: tls?.authorities ?? [],
      clientCertificate: tls?.clientCertificate == null ? null : filesOf(tls.clientCertificate, values),
      serverName: tls?.serverName ?? null,
      protocol: http === '2' ? 'h2' : 'http/1.1',
      lookup,
      warn,
    })
  }
  const open = (upstream: UpstreamPlan, index: number): Backend => {
    const origin = origins[index]!
    const dial = dialOf(upstream, origin)
    if (upstream.http === '1.1') return new Upstream(index, origin, dial, limits, clock)
    if (http2 === undefined) throw new StartError('this gateway was built without HTTP/2 backends')
    return http2(index, origin, dial, limits, clock)
  }
  return Promise.all(plan.upstreams.map((upstream, index) => introduced(open(upstream, index), upstream.credential, surroundings)))
}

/** The backend with the gateway's own credential on the way to it, where it asks for one. */
async function introduced(backend: Backend, plan: BackendCredentialPlan | null, surroundings: BackendSurroundings): Promise<Backend> {
  if (plan === null) return backend
  const { capabilities, clock } = surroundings
  const capability = capabilities['backend-credential']?.()
  if (capability === undefined) throw new StartError('this gateway was built without credentials for its backends')
  const credential = await credentialFor(plan, backend.index, capability.constant, surroundings)
  if (credential === undefined) throw new StartError(`this gateway was built without credentials of the kind ${plan.kind}`)
  return capability.introduce(backend, credential, clock)
}

async function credentialFor(
  plan: BackendCredentialPlan,
  upstream: number,
  constant: ConstantCredential,
  { capabilities, values, clock, wallClock, warn, tell: tellOf }: BackendSurroundings,
): Promise<BackendCredential | undefined> {
  const tell: Tell = (event, problem) => tellOf(upstream, event, problem)
  if (plan.kind === 'digest') return capabilities['backend-digest']?.(plan, values, tell)
  if (plan.kind !== 'client-credentials') return constant(plan, values, tell)
  return capabilities['client-credentials']?.(plan, { values, clock, wallClock, warn, tell })
}

function limitsOf({ limits, timeouts }: GatewayPlan, thread: BackendSurroundings['thread']): UpstreamLimits {
  return {
    maxConnections: shareOf(limits.maxUpstreamConnections, thread),
    maxWaiting: shareOf(limits.maxUpstreamWaiting, thread),
    connect: timeouts.connect,
    upstreamIdle: timeouts.upstreamIdle,
    upstreamLife: timeouts.upstreamLife === 0 ? Number.POSITIVE_INFINITY : timeouts.upstreamLife,
  }
}

function originOf({ url, tls }: UpstreamPlan, values: ReadonlyMap<string, string>): BackendOrigin {
  const origin = parseBackendOrigin(settle(url, values))
  // The value is not repeated: an address with a password in it would end up in a log.
  if (origin === null) throw new StartError(`${settingsIn(url)} must be an absolute http or https URL without user, query and fragment`)
  if (tls !== null && !origin.secure) {
    throw new StartError(`${settingsIn(url)} must be an https URL: certificates are given for that backend, and http would not use them`)
  }
  return origin
}

function filesOf(
  { certificate, key }: { certificate: SettingText; key: SettingText },
  values: ReadonlyMap<string, string>,
): ClientCertificateFiles {
  return { certificate: settle(certificate, values), key: settle(key, values), settings: `${settingsIn(certificate)}, ${settingsIn(key)}` }
}
