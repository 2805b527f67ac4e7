/**
 * The manifest: what is in a gateway and what protects each operation, for people and for tools. Written beside the gateway as
 * manifest.json; the gateway serves it at GET /manifest and does not start when it was altered.
 */
import type { CapabilityName } from './capabilities.ts'
import type { ExtensionStep } from './extension.ts'
import type { ManifestApplication } from './manifest/application.ts'
import type { ManifestAuthority } from './manifest/authority.ts'
import type { ManifestBackend } from './manifest/backend.ts'
import type { ManifestIssuer } from './manifest/issuer.ts'
import type { ManifestOperation } from './manifest/operation.ts'
import type { ManifestFeed } from './manifest/revocation-feed.ts'
import type { SourceReference } from './manifest/source-reference.ts'
import type { ManifestThrottling } from './manifest/throttling.ts'
import type { ManifestWaiver } from './manifest/waiver.ts'
import type { BackendTokenPlan } from './plan/backend-identity.ts'
import type { HttpLimitsPlan, TimeoutsPlan } from './plan/bounds.ts'

export type Manifest = {
  /** `sha256:` and the hex digest of gateway.mjs: the gateway's identity. */
  readonly digest: string
  readonly format: 1
  readonly name: string
  readonly version: string
  readonly compiler: { readonly postern: string; readonly esbuild: string }
  readonly node: string
  /** Every file that was read, by its path in the project, with its digest. */
  readonly inputs: readonly { readonly file: string; readonly digest: string }[]
  readonly capabilities: readonly CapabilityName[]
  readonly listeners: {
    /** Ports, where no setting says otherwise. */
    readonly http: number
    readonly https: number
    /** Why the gateway does not start without POSTERN_TLS_CERT and POSTERN_TLS_KEY; empty where it does. */
    readonly httpsRequiredBy: readonly string[]
    readonly admin: number
    readonly trustedProxies: readonly string[]
    readonly publicOrigins: readonly string[]
  }
  /** How refusals are written. */
  readonly errors: 'problem' | 'wso2'
  /** What strangers may send, and what the gateway holds: in bytes, and milliseconds. */
  readonly bounds: HttpLimitsPlan
  readonly timeouts: TimeoutsPlan
  readonly waivers: readonly ManifestWaiver[]
  readonly settings: readonly {
    readonly name: string
    readonly required: boolean
    readonly default: string | null
    readonly usedFor: readonly string[]
  }[]
  readonly apis: readonly {
    readonly name: string
    readonly version: string
    readonly basePath: string
    readonly basePathAt: SourceReference
    readonly definition: string
    readonly operations: number
  }[]
  readonly issuers: readonly ManifestIssuer[]
  /** Never their digests, but of which kind these are. */
  readonly apiKeys: readonly {
    readonly id: string
    readonly digest: 'scrypt' | 'sha256'
    readonly consumer: string
    readonly tier: string | null
    readonly scopes: readonly string[]
    /** `null`: all. */
    readonly apis: readonly string[] | null
    readonly addresses: readonly string[]
    readonly origins: readonly string[]
    readonly expires: string | null
    readonly at: SourceReference
  }[]
  /** Who signs API keys. */
  readonly apiKeyIssuers: readonly {
    readonly issuer: string
    readonly at: SourceReference
    readonly clockSkewSeconds: number
    /** Keys open the APIs that they name, and not all. */
    readonly validateAllowedAPIs: boolean
    /** Only what says that it is an API key is one. */
    readonly typed: boolean
    readonly keys: ManifestIssuer['keys']
  }[]
  readonly users: readonly {
    readonly name: string
    readonly digest: 'scrypt' | 'sha256' | 'sha512'
    readonly scopes: readonly string[]
    readonly at: SourceReference
  }[]
  /** Who is subscribed to what, as far as the project says it. */
  readonly applications: readonly ManifestApplication[]
  /** Steps that the project does itself, with the module's digest and those of all that it imports. `null`: none. */
  readonly extensions: {
    readonly timeoutMilliseconds: number
    readonly modules: readonly {
      readonly step: ExtensionStep
      readonly file: string
      readonly digest: string
      readonly imports: readonly { readonly file: string; readonly digest: string }[]
      readonly at: SourceReference
    }[]
  } | null
  /** Where the gateway learns what is revoked; `null`: nowhere. `snapshot`: how many entries it has from the start. */
  readonly revocation: {
    readonly snapshot: number
    readonly snapshotAt: SourceReference | null
    /** Path of the folder where what feeds say is kept, as written. */
    readonly persist: string | null
    /** Entries that there is room for. */
    readonly capacity: number
    readonly feeds: readonly ManifestFeed[]
    /** Feeds may deny callers as well, whatever credential they show. */
    readonly denies: boolean
    readonly onStale: { readonly afterMilliseconds: number; readonly action: 'deny' | 'allow' }
    readonly at: SourceReference
  } | null
  /** Which requests are refused whatever credential comes with them: where all of an entry holds. */
  readonly deny: readonly { readonly conditions: readonly string[]; readonly at: SourceReference }[]
  /** `null`: nothing is limited. */
  readonly throttling: ManifestThrottling | null
  /** The token that backends get; its key as written, with its setting. */
  readonly backendToken:
    | (Omit<BackendTokenPlan, 'key' | 'lifetime'> & {
        readonly key: string
        readonly lifetimeSeconds: number
        readonly at: SourceReference
      })
    | null
  /** Plain fields that backends get, with what is known of callers or `claims.` and a claim in each. */
  readonly consumerFields: readonly { readonly name: string; readonly value: string }[]
  /** Whose client certificates are believed; `null` where no operation asks for one. */
  readonly clientCertificates: {
    readonly header: string | null
    /** `everywhere`: also where no holder is named. */
    readonly authorities: readonly (ManifestAuthority & { readonly everywhere: boolean })[]
    readonly holders: readonly {
      readonly id: string
      readonly consumer: string
      readonly thumbprint: string | null
      readonly subject: string | null
      readonly san: string | null
      /** Subjects; `null`: those that vouch everywhere. */
      readonly authorities: readonly string[] | null
      readonly at: SourceReference
    }[]
  } | null
  /** Each at its index, with the first place that names it. */
  readonly backends: readonly ManifestBackend[]
  readonly operations: readonly ManifestOperation[]
  /** Other files of the bundle, with their digests. */
  readonly files: readonly { readonly file: string; readonly digest: string }[]
}
