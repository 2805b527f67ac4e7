/** postern.yaml, as far as it says something by itself: what it refers to is not read yet. */
import type { Location } from '../../source/location.ts'
import type { SourceNode } from '../../source/source-node.ts'
import type { Listen } from '../model.ts'
import type { WrittenRevocation } from '../revocation.ts'
import type { Backend } from './backend.ts'
import type { BackendToken, ConsumerFields } from './backend-identity.ts'
import type { HttpLimits, Timeouts } from './bounds.ts'
import type { ClientCertificates } from './client-certificates.ts'
import type { Kubernetes } from './kubernetes.ts'
import type { Placed } from './placed.ts'
import type { Throttling } from './throttling.ts'
import type { Waiver } from './waiver.ts'

export type ProjectFile = {
  readonly at: Location
  readonly name: string
  readonly version: string
  readonly apis: readonly ApiEntry[]
  /** `null` where the project does not name one. */
  readonly policies: Placed<string> | null
  /** Files with what is known of API keys and users; `null` where the project does not name one. */
  readonly apiKeys: Placed<string> | null
  readonly users: Placed<string> | null
  /** The file with applications and what they are subscribed to. */
  readonly subscriptions: Placed<string> | null
  /** The value of `extensions`, for readExtensions. */
  readonly extensions: SourceNode | null
  /** The value of `issuers`, for readIssuers. */
  readonly issuers: SourceNode | null
  readonly backendToken: BackendToken | null
  readonly consumerFields: ConsumerFields | null
  readonly listen: Listen
  readonly trustedProxies: readonly string[]
  readonly publicOrigins: readonly string[]
  readonly clientCertificates: ClientCertificates | null
  readonly revocation: WrittenRevocation | null
  readonly throttling: Throttling
  readonly errors: 'problem' | 'wso2'
  readonly waivers: readonly Waiver[]
  readonly limits: HttpLimits
  readonly timeouts: Timeouts
  readonly kubernetes: Kubernetes | null
}

/** One item of `apis`. */
export type ApiEntry = {
  readonly definition: Placed<string>
  /** The file that says what protects the methods of a .proto file. */
  readonly policy: Placed<string> | null
  readonly basePath: Placed<string> | null
  readonly backend: Placed<Backend> | null
  readonly sandboxBackend: Placed<Backend> | null
  /** Whether one of the two is given and cannot be read, which is reported. */
  readonly backendRefused: boolean
  readonly security: Placed<'token' | 'public'> | null
  /** `null` where the project does not say so for this API. */
  readonly validateSubscriptions: Placed<boolean> | null
  /** Whose certificates will do, where the definition says nothing. */
  readonly certificates: Placed<readonly Placed<string>[]> | null
  readonly at: Location
}
