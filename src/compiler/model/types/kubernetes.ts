import type { Location } from '../../source/location.ts'
import type { Placed } from './placed.ts'

/** What the manifests for a cluster say that the gateway itself does not know. */
export type Kubernetes = {
  readonly at: Location
  /** Without a digest, which is known when the image is made; `null` where the command says all of it. */
  readonly image: string | null
  /** Of the Secret with the values of settings that are secrets. */
  readonly secretName: string
  /** Values of settings that are no secrets. */
  readonly settings: ReadonlyMap<string, Placed<string>>
  readonly egress: readonly Egress[]
  readonly replicas: { readonly min: number; readonly max: number; readonly at: Location }
  /** Quantities of Kubernetes; `memory` is `null` where the plan's bounds say it. */
  readonly resources: { readonly cpu: string; readonly memory: string | null }
  /** `null`: TLS is on only where the plan needs it. */
  readonly tlsSecret: string | null
  readonly route: Route | null
  readonly monitoring: Monitoring | null
}

/** Where an address of the plan is in the network. */
export type Egress = {
  readonly at: Location
  /** The host of an address, or the setting that holds it. */
  readonly to: { readonly kind: 'host' | 'setting'; readonly name: string }
  /** Address ranges, or pods of a namespace. */
  readonly peer:
    | { readonly kind: 'ranges'; readonly ranges: readonly string[] }
    | { readonly kind: 'pods'; readonly namespace: string; readonly labels: ReadonlyMap<string, string> }
  /** `null`: the port of the address. */
  readonly ports: readonly number[] | null
}

/** A Gateway of the Gateway API that requests come through. */
export type Route = {
  readonly gateway: string
  readonly namespace: string | null
  readonly listener: string | null
  readonly hosts: readonly string[]
}

/** Who collects metrics. `every`: milliseconds. */
export type Monitoring = { readonly namespace: string; readonly labels: ReadonlyMap<string, string>; readonly every: number }
