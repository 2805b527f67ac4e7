/** What a user relies on, held against a gateway however it is run. */
import { after, before, describe } from 'node:test'
import { answers } from './answers.ts'
import { backendConnections } from './backend-connections.ts'
import { backendCredentials } from './backend-credentials.ts'
import { backendIdentity } from './backend-identity.ts'
import { backendProtocols } from './backend-protocols.ts'
import { bodies } from './bodies.ts'
import { boundTokens } from './bound-tokens.ts'
import { callerLimits } from './caller-limits.ts'
import { certificateCallers } from './certificate-callers.ts'
import { certificates } from './certificates.ts'
import { clientConnections } from './client-connections.ts'
import { cors, corsOfRefusals } from './cors.ts'
import { credentialMatrix } from './credential-matrix/matrix.ts'
import { credentials } from './credentials.ts'
import { cutExchanges } from './cut-exchanges.ts'
import { digestServers } from './digest-servers.ts'
import { draining } from './draining.ts'
import { extensions } from './extensions.ts'
import { failures } from './failures.ts'
import { fedDenials } from './fed-denials.ts'
import { fetchedKeys } from './fetched-keys.ts'
import { fields } from './fields.ts'
import { grpcCalls } from './grpc.ts'
import { guardedEtcd } from './guarded-etcd.ts'
import { http2 } from './http2.ts'
import { inFlight } from './in-flight.ts'
import { invalidatedAnswers } from './invalidated-answers.ts'
import { keptRevocations } from './kept-revocations.ts'
import { observability, rememberedTokens } from './observability.ts'
import { opaqueTokens } from './opaque-tokens.ts'
import { type Change, hasty, wso2 } from './prepared-project.ts'
import { publishedRevocations } from './published-revocations.ts'
import { problemRefusals, wso2Refusals } from './refusals.ts'
import { rememberedCredentials } from './remembered-credentials.ts'
import { revocationEtcd, revocationList } from './revocation-feeds.ts'
import { revocationStreams } from './revocation-streams.ts'
import { revocations } from './revocations.ts'
import { routing } from './routing.ts'
import type { Start } from './running-gateway.ts'
import { scryptKeys } from './scrypt-keys.ts'
import { sharedAnswers } from './shared-answers.ts'
import { sharedLimits } from './shared-limits.ts'
import { streams } from './streams.ts'
import { subscriptions } from './subscriptions.ts'
import { throttling } from './throttling.ts'
import { timeouts } from './timeouts.ts'
import { tls } from './tls.ts'
import { tokens } from './tokens.ts'
import { tunnelsThatDrain, upgrades } from './upgrades.ts'
import { type There, World } from './world.ts'

/** With several `threads`, what each of them has for itself is left out: connections to backends, remembered tokens. */
export function behaviour(name: string, start: Start, threads: number = 1): void {
  const ofOneThread = threads === 1 ? [backendConnections, rememberedTokens] : []
  describe(name, () => {
    within(
      start,
      [],
      [
        routing,
        fields,
        tokens,
        throttling,
        bodies,
        answers,
        clientConnections,
        http2,
        ...ofOneThread,
        observability,
        problemRefusals,
        cors,
        corsOfRefusals,
        failures,
        upgrades,
        streams,
      ],
    )
    within(start, [wso2], [wso2Refusals, corsOfRefusals])
    within(start, [hasty], [timeouts])
    draining(start)
    tunnelsThatDrain(start)
    grpcCalls(start)
    backendProtocols(start)
    backendCredentials(start, threads)
    digestServers(start, threads)
    certificates(start)
    certificateCallers(start)
    scryptKeys(start, threads)
    boundTokens(start)
    fetchedKeys(start)
    credentials(start, threads)
    if (threads === 1) credentialMatrix(start)
    if (threads === 1) sharedAnswers(start)
    if (threads === 1) sharedLimits(start)
    invalidatedAnswers(start, threads)
    subscriptions(start)
    callerLimits(start)
    extensions(start)
    revocations(start)
    together(start, threads, [
      keptRevocations,
      revocationEtcd,
      revocationStreams,
      revocationList,
      opaqueTokens,
      rememberedCredentials,
      publishedRevocations,
      cutExchanges,
      backendIdentity,
      tls,
      inFlight,
      guardedEtcd,
      fedDenials,
    ])
  })
}

/** Sections that wait most of the time do so together: each has gateways of its own, and its tests follow each other. */
function together(start: Start, threads: number, sections: readonly ((start: Start, threads: number) => void)[]): void {
  describe('several at a time', { concurrency: 4 }, () => {
    for (const section of sections) describe(section.name, { concurrency: 1 }, () => section(start, threads))
  })
}

/** Runs sections against one gateway of the fixture project. */
function within(start: Start, changes: readonly Change[], sections: readonly ((there: There) => void)[]): void {
  describe(changes.length === 0 ? 'as the project says' : `with ${changes.map(({ key }) => key).join(', ')} changed`, () => {
    let world: World | null = null
    before(async () => {
      world = await World.make(start, changes)
    })
    after(() => world?.end())
    const there: There = () => {
      if (world === null) throw new Error('the gateway has not been started')
      return world
    }
    for (const section of sections) section(there)
  })
}
