/**
 * READ THIS FIRST: the whole compiler, stage by stage. Every stage reports to `diagnostics` and none prints; what a stage hands on
 * is a value of the next one's types.
 */
import type { Manifest } from '../contract/manifest.ts'
import type { GatewayPlan } from '../contract/plan.ts'
import { posternVersion } from '../contract/version.ts'
import { bundlerVersion, makeGateway } from './bundle/make-gateway.ts'
import { check } from './check/check.ts'
import { Diagnostics } from './diagnostics.ts'
import { digestOf } from './digest.ts'
import { emit } from './emit/emit.ts'
import { standardKubernetes } from './model/kubernetes.ts'
import type { Project } from './model/model.ts'
import { normalise } from './model/normalise.ts'
import { renderDockerfile } from './package/dockerfile.ts'
import { provenanceText } from './package/provenance.ts'
import { sbomText } from './package/sbom.ts'
import { type BundleFiles, withChecksums } from './package/write-bundle.ts'
import { neededCapabilities } from './plan/capabilities.ts'
import { makePlan } from './plan/make-plan.ts'
import { makeManifest, manifestText } from './plan/manifest.ts'
import type { FetchedDocuments } from './source/locked-documents.ts'
import { Sources } from './source/sources.ts'

/**
 * `now` decides which keys and waivers have expired; it leaves no trace in the result. `forKubernetes`: what manifests need is looked at also
 * where the project says nothing of a cluster.
 */
export type CompileRequest = {
  readonly projectFolder: string
  readonly now: Date
  readonly forKubernetes?: boolean
  /** postern.lock must pin what the project names, and nothing else. */
  readonly frozen?: boolean
  /** What stands for documents on the network in the place of postern.lock. */
  readonly fetched?: FetchedDocuments
}

export type CompileResult =
  | { readonly kind: 'rejected'; readonly diagnostics: Diagnostics }
  | {
      readonly kind: 'compiled'
      readonly diagnostics: Diagnostics
      readonly manifest: Manifest
      readonly files: BundleFiles
      readonly project: Project
      readonly plan: GatewayPlan
    }

export type Examination = {
  readonly diagnostics: Diagnostics
  /** `null` where the findings leave nothing to decide on. */
  readonly project: Project | null
  readonly inputs: Manifest['inputs']
}

/** The first half, which finds everything that is wrong. */
export function examine({ projectFolder, now, forKubernetes = false, frozen = false, fetched }: CompileRequest): Examination {
  const diagnostics = new Diagnostics()
  const sources = new Sources(projectFolder, diagnostics, fetched) //     source/   files → positioned values
  const normalised = normalise(sources, diagnostics) //                   model/    any dialect → one model
  const project = forKubernetes ? withKubernetes(normalised) : normalised
  if (project !== null) sources.reportUnusedLock(frozen)
  if (project !== null) check(project, diagnostics, now) //               check/    is it sound, and can all of it be enforced?
  return { diagnostics, project: diagnostics.hasErrors ? null : project, inputs: sources.inputs }
}

function withKubernetes(project: Project | null): Project | null {
  return project === null || project.kubernetes !== null
    ? project
    : { ...project, kubernetes: standardKubernetes(project.name, project.at) }
}

/** The whole way from a project to the files of a bundle, which package/write-bundle.ts puts in their place. */
export async function compile(request: CompileRequest): Promise<CompileResult> {
  const { diagnostics, project, inputs } = examine(request)
  if (project === null) return { kind: 'rejected', diagnostics }

  const decisions = makePlan(project) //                                  plan/     every default, reference and precedence
  const capabilities = neededCapabilities(decisions.plan)
  const emitted = emit(decisions.plan, capabilities) //                   emit/     plan.json and entry.ts
  const dockerfile = renderDockerfile(decisions.plan) //                  package/  what lies beside the gateway
  const unsigned = await makeManifest(project, decisions, {
    compiler: { postern: posternVersion, esbuild: bundlerVersion },
    inputs,
    capabilities,
    files: [{ file: 'Dockerfile', digest: digestOf(dockerfile) }],
  })
  // The gateway knows its manifest's digest, and the manifest the gateway's: the former is taken without the latter.
  const manifestDigest = digestOf(manifestText(unsigned)).slice('sha256:'.length)
  const { text, packages } = await makeGateway(emitted, manifestDigest, capabilities, project.extensions?.modules ?? new Map()) // bundle/   engine + plan → one file
  const manifest = { ...unsigned, digest: digestOf(text) }
  const described = {
    'gateway.mjs': text,
    'manifest.json': manifestText(manifest),
    Dockerfile: dockerfile,
    'sbom.cdx.json': sbomText(manifest, packages),
  }
  const files = withChecksums({ ...described, 'provenance.json': provenanceText(manifest, packages, described) })
  return { kind: 'compiled', diagnostics, manifest, files, project, plan: decisions.plan }
}
