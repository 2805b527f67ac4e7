/**
 * Reads what the bundler put into a gateway and refuses what must not be there: the build's own packages, the compiler's code, and
 * the parts that this gateway's plan does not need. A finding is a bug of Postern, not of the project.
 */
import type { Metafile } from 'esbuild'
import { type CapabilityName, capabilityModules } from '../../contract/capabilities.ts'

const rooms = ['postern:gateway/', 'postern:contract/']
/** In the place of optional parts of packages: it says that they are not there. */
const absent = 'absent:'
/** In the place of packages that print. */
const silent = 'silent:'
/** Modules of the project's own, which have been checked. */
const ownModules = 'project:extensions/'
/** Parts of Node that take time to load, and that a gateway loads only when it needs them. */
const loadedWhenNeeded = ['node:tls', 'node:http', 'node:https', 'node:http2']
/** Packages in CommonJS, which loads parts of Node by calls, as soon as the package is loaded. */
const commonJs = ['@redis/client', 'amqplib', 'rhea']
const generated = ['postern:entry', 'postern:plan', 'postern:manifest-digest']

/** Throws an error that names every intruder. */
export function guard(metafile: Metafile, capabilities: readonly CapabilityName[]): void {
  const unused = Object.entries(capabilityModules).filter(([name]) => !capabilities.includes(name as CapabilityName))
  const unusedModules = unused.map(([, { owns }]) => `postern:gateway/${owns}`)
  const usedPackages = capabilities.flatMap((name) => capabilityModules[name].packages)
  const unusedPackages = unused.flatMap(([, { packages }]) => packages).filter((name) => !usedPackages.includes(name))
  const knownPackages = Object.values(capabilityModules).flatMap(({ packages }) => packages)

  const allowed = capabilities.includes('extensions') ? [...rooms, absent, silent, ownModules] : [...rooms, absent, silent]
  const inputs = Object.keys(metafile.inputs)
  const allImports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const imports = allImports.map(({ path }) => path)
  const intruders = [
    ...inputs.filter((input) => packageOf(input) === null && !generated.includes(input) && !allowed.some((room) => input.startsWith(room))),
    ...inputs.filter((input) => unusedModules.some((module) => input.startsWith(module))),
    ...packagesIn(metafile).filter((name) => !knownPackages.includes(name) || unusedPackages.includes(name)),
    ...inputs.flatMap((input) => loadedTooSoon(metafile, input)),
    ...imports.filter((path) => !path.startsWith('node:') || unusedPackages.includes(path)),
  ]
  if (intruders.length > 0) throw new Error(`the bundle holds what this gateway does not need: ${intruders.join(', ')}`)
}

/** Parts of Node that a module loads at once, and may not. */
function loadedTooSoon({ inputs }: Metafile, input: string): readonly string[] {
  const external = inputs[input]!.imports.filter((each) => each.external === true)
  if (commonJs.includes(packageOf(input) ?? '')) return external.filter(({ kind }) => kind !== 'require-call').map(({ path }) => path)
  return external
    .filter(({ path, kind }) => kind === 'require-call' || (loadedWhenNeeded.includes(path) && kind !== 'dynamic-import'))
    .map(({ path }) => path)
}

/** Names of the packages whose code is in the bundle. */
export function packagesIn(metafile: Metafile): readonly string[] {
  return [...new Set(Object.keys(metafile.inputs).flatMap((input) => packageOf(input) ?? []))]
}

function packageOf(input: string): string | null {
  return /^package:((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? null
}
