/** Writes the two texts that make a gateway of the engine: the plan as data, and the entry that imports what the plan needs. */
import { type CapabilityName, capabilityModules } from '../../contract/capabilities.ts'
import type { GatewayPlan } from '../../contract/plan.ts'
import { posternVersion } from '../../contract/version.ts'
import { canonicalJson } from '../plan/canonical.ts'
import { renderTemplate } from '../template.ts'

export type EmittedFiles = { readonly 'plan.json': string; readonly 'entry.ts': string }

export function emit(plan: GatewayPlan, capabilities: readonly CapabilityName[]): EmittedFiles {
  return {
    'plan.json': canonicalJson(plan),
    'entry.ts': renderTemplate('entry.ts', {
      posternVersion,
      capabilities: capabilities.map((name) => entryCapability(name, plan)),
      ownSteps: plan.extensions?.modules ?? [],
    }),
  }
}

function entryCapability(
  name: CapabilityName,
  { extensions }: GatewayPlan,
): { name: string; exportName: string; module: string; own: readonly string[] | null } {
  const { exportName, module } = capabilityModules[name]
  const own = name === 'extensions' ? (extensions?.modules ?? []).map(({ step }) => step) : null
  return { name, exportName, module: module.replace(/\.ts$/, ''), own }
}
