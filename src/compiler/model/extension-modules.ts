/** `extensions` of postern.yaml: modules of the project that take the place of steps, with all that they import. */
import { posix } from 'node:path'
import type { ExtensionStep } from '../../contract/extension.ts'
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { entry, NodeAccess } from '../source/node-access.ts'
import type { ModuleImport } from '../source/parse-module.ts'
import type { ObjectNode, SourceNode } from '../source/source-node.ts'
import type { Sources } from '../source/sources.ts'
import { durationAt } from './duration.ts'
import { placedText } from './placed-text.ts'
import { checkProjectKeys, extensionKeys } from './project-keys.ts'
import type { Extensions, ProjectModule } from './types/extensions.ts'

export const extensionSteps: readonly ExtensionStep[] = ['validateToken', 'validateSubscription', 'validateScopes', 'generateConsumerToken']

const folder = 'extensions/'
const defaultTimeout = 1000
const shortestTimeout = 10
const longestTimeout = 30_000
const mostModules = 100

/** Parts of Node that work out something and reach nothing outside the process. */
export const allowedNodeModules: readonly string[] = [
  'node:assert',
  'node:assert/strict',
  'node:buffer',
  'node:crypto',
  'node:querystring',
  'node:string_decoder',
  'node:url',
  'node:util',
]

/** `null` where the project has none. A module with mistakes is reported. */
export function readExtensions(node: SourceNode | null, sources: Sources, diagnostics: Diagnostics): Extensions | null {
  const access = new NodeAccess(diagnostics, 'invalid-project')
  const object = node === null ? null : access.object(node)
  if (object === null) return null
  checkProjectKeys(object, extensionKeys, access)
  const timeout =
    access.optional(object, 'timeout', (value) => durationAt(value, shortestTimeout, longestTimeout, access)) ?? defaultTimeout
  const reader = new ExtensionReader(sources, diagnostics)
  const steps = extensionSteps.flatMap((step) => reader.step(step, object, access) ?? [])
  if (!extensionSteps.some((step) => object.entries.has(step)))
    access.refuse(object, '`extensions` names no module', 'Name one, or remove the key.')
  return { timeout, steps, modules: reader.modules }
}

class ExtensionReader {
  readonly modules: Map<string, ProjectModule> = new Map()
  readonly #exports: Map<string, readonly string[]> = new Map()
  readonly #sources: Sources
  readonly #diagnostics: Diagnostics

  constructor(sources: Sources, diagnostics: Diagnostics) {
    this.#sources = sources
    this.#diagnostics = diagnostics
  }

  step(step: ExtensionStep, object: ObjectNode, access: NodeAccess): Extensions['steps'][number] | null {
    const node = entry(object, step)
    const written = node === null ? null : placedText(node, access)
    if (written === null) return null
    const file = { value: posix.normalize(written.value), at: written.at }
    if (!this.#read(file.value, file.at)) return null
    if (this.#exports.get(file.value)?.includes(step)) return { step, file }
    const message = `\`${file.value}\` exports no \`${step}\``
    this.#diagnostics.report('invalid-extension-module', file.at, message, `Write \`export function ${step}(question) { … }\` in it.`)
    return null
  }

  /** Reads a module with all that it imports; whether it could be read. */
  #read(file: string, at: Location): boolean {
    if (this.modules.has(file)) return true
    if (!isModulePath(file)) return this.#refuse(at, `\`${file.slice(0, 80)}\` is no module of the folder \`${folder}\``)
    if (this.modules.size === mostModules) return this.#refuse(at, `there are over ${mostModules} modules`)
    const module = this.#sources.module(file, at)
    if (module === null) return false
    const imports = module.outline.imports.filter(({ path }) => !allowedNodeModules.includes(path) || path.startsWith('.'))
    const paths = imports.flatMap((each) => this.#resolve(each, file) ?? [])
    this.modules.set(file, { text: module.text, digest: module.digest, imports: paths.map(({ path }) => path) })
    this.#exports.set(file, module.outline.exports)
    for (const each of paths) this.#read(each.path, each.at)
    return true
  }

  #resolve({ path, at, kind }: ModuleImport, importer: string): { readonly path: string; readonly at: Location } | null {
    if (kind === 'other')
      this.#refuse(at, `\`${path.slice(0, 80)}\` is imported while the gateway runs`, 'Import it at the top of the module.')
    else if (path === 'postern/extension') this.#refuse(at, 'that holds types alone', 'Write `import type { … } from …`.')
    else if (!/^\.\.?\//.test(path)) {
      const hint = `Import modules of \`${folder}\` by their path, and of Node ${allowedNodeModules.join(', ')}.`
      this.#refuse(at, `\`${path.slice(0, 80)}\` cannot be imported in a gateway`, hint)
    } else return { path: posix.join(posix.dirname(importer), path), at }
    return null
  }

  #refuse(at: Location, message: string, hint?: string): false {
    this.#diagnostics.report('invalid-extension-module', at, message, hint)
    return false
  }
}

/** Plain names: they stand in the generated entry. */
function isModulePath(file: string): boolean {
  return /^extensions\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:ts|js|mjs)$/.test(file) && file.length <= 200
}
