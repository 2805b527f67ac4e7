/**
 * Where the bundler finds each module. Everything has a name of its own (`postern:gateway/main`, `package:jose/dist/…`) instead of a
 * path, so that the bundle's bytes do not depend on where Postern, its packages or the project are installed, nor on whether the
 * gateway is read as TypeScript (a checkout) or as JavaScript (the published package).
 */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { findPackageJSON, isBuiltin } from 'node:module'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild'

/** src/ or lib/: the folder of all rooms. */
const rooms = new URL('../../', import.meta.url)
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'

/** Text of the project's own modules, by path within the project. They have been read, and everything that they import is among them. */
export type ProjectModules = ReadonlyMap<string, { readonly text: string }>

/** `generated`: modules that are not files, by name. */
export function modulePlugin(generated: ReadonlyMap<string, OnLoadResult>, projectModules: ProjectModules): Plugin {
  return {
    name: 'postern-modules',
    setup(build) {
      build.onResolve({ filter: /.*/ }, (args) => resolve(build, args))
      build.onLoad({ filter: /.*/, namespace: 'postern' }, async ({ path }) => {
        const known = generated.get(path)
        return known ?? { contents: await readFile(new URL(`${path}.${extension}`, rooms)), loader: extension }
      })
      build.onLoad({ filter: /.*/, namespace: 'project' }, ({ path }) => {
        const module = projectModules.get(path)
        return module === undefined ? null : { contents: module.text, loader: 'ts' }
      })
      build.onLoad({ filter: /.*/, namespace: 'package' }, async ({ path }) => ({
        contents: await readFile(packageFile(path)),
        loader: path.endsWith('.json') ? 'json' : 'js',
      }))
      build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(`${path} is not part of a gateway`)})`,
        loader: 'js',
      }))
      build.onLoad({ filter: /.*/, namespace: 'silent' }, () => ({ contents: 'module.exports = () => () => {}', loader: 'js' }))
    },
  }
}

const folders = new Map<string, string>()

/** Folder of an installed package, with links followed, as the bundler follows them. */
export function packageFolder(name: string): string {
  const known = folders.get(name)
  if (known !== undefined) return known
  const packageJson = findPackageJSON(name, import.meta.url)
  if (packageJson === undefined) throw new Error(`the package ${name} is not installed`)
  const folder = dirname(realpathSync(packageJson))
  folders.set(name, folder)
  return folder
}

async function resolve(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult | undefined> {
  // resolvePackage asks the bundler itself, which comes here first.
  if (args.pluginData === 'package') return undefined
  if (isBuiltin(args.path)) return { path: args.path.startsWith('node:') ? args.path : `node:${args.path}`, external: true }
  if (args.path.startsWith('postern:')) return { namespace: 'postern', path: args.path.slice('postern:'.length) }
  if (args.path.startsWith('project:') && args.namespace === 'postern')
    return { namespace: 'project', path: args.path.slice('project:'.length) }
  if (args.namespace === 'package') return resolveInPackage(build, args)
  if (!args.path.startsWith('.')) return resolvePackage(build, args)
  const path = posix.join(posix.dirname(args.importer), args.path)
  if (args.namespace === 'project') return { namespace: 'project', path }
  return { namespace: 'postern', path: path.replace(/\.[jt]s$/, '') }
}

async function resolvePackage(build: PluginBuild, args: OnResolveArgs): Promise<OnResolveResult> {
  const resolveDir = dirname(fileURLToPath(import.meta.url))
  const found = await build.resolve(args.path, { kind: args.kind, resolveDir, pluginData: 'package' })
  if (found.errors.length > 0) return { errors: found.errors }
  const name = packageName(args.path)
  return { namespace: 'package', path: pathIn(name, found.path), sideEffects: found.sideEffects }
}

/** What packages print by where an environment variable asks for it: all that they send, passwords among it. */
const printers: ReadonlySet<string> = new Set(['debug'])

/** As Node finds it: a module of CommonJS names others without their extension, or a folder. */
function resolveInPackage(build: PluginBuild, args: OnResolveArgs): OnResolveResult | Promise<OnResolveResult> {
  if (printers.has(args.path)) return { namespace: 'silent', path: args.path }
  if (!args.path.startsWith('.'))
    return optionalPeersOf(args.importer).has(args.path) ? { namespace: 'absent', path: args.path } : resolvePackage(build, args)
  const path = posix.join(posix.dirname(args.importer), args.path)
  const found = ['', '.js', '.json', '/index.js'].map((end) => `${path}${end}`).find(isFileOfPackage)
  if (found === undefined) return { errors: [{ text: `${args.importer} imports ${args.path}, which is not there` }] }
  return { namespace: 'package', path: found, sideEffects: false }
}

/** Asked for again and again. */
const filesOfPackages = new Map<string, boolean>()

function isFileOfPackage(path: string): boolean {
  const known = filesOfPackages.get(path)
  if (known !== undefined) return known
  const isFile = statSync(packageFile(path), { throwIfNoEntry: false })?.isFile() === true
  filesOfPackages.set(path, isFile)
  return isFile
}

/** Packages that another one uses where it finds them. Whether they are installed must make no difference to a gateway: it has none. */
function optionalPeersOf(importer: string): ReadonlySet<string> {
  const text = readFileSync(join(packageFolder(packageName(importer)), 'package.json'), 'utf8')
  // The file of an installed package.
  const { peerDependenciesMeta = {} } = JSON.parse(text) as { readonly peerDependenciesMeta?: Readonly<Record<string, object>> }
  return new Set(
    Object.entries(peerDependenciesMeta).flatMap(([name, meta]) => ('optional' in meta && meta.optional === true ? [name] : [])),
  )
}

function pathIn(name: string, file: string): string {
  return `${name}/${relative(packageFolder(name), file).split(sep).join('/')}`
}

function packageFile(path: string): string {
  const name = packageName(path)
  return join(packageFolder(name), path.slice(name.length))
}

function packageName(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/')
}
