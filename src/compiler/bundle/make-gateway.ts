/** Bundles entry, plan, engine and capabilities into the one file of a gateway. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Metafile, type OnLoadResult, version } from 'esbuild'
import type { CapabilityName } from '../../contract/capabilities.ts'
import { minimumNodeMajor } from '../../contract/version.ts'
import type { EmittedFiles } from '../emit/emit.ts'
import { guard, packagesIn } from './guard.ts'
import { modulePlugin, type ProjectModules, packageFolder } from './module-plugin.ts'
import { banner, licenceNotices } from './notices.ts'

export const bundlerVersion: string = version

/** A package of npm whose code is in a gateway. */
export type BundledPackage = { readonly name: string; readonly version: string /** SPDX expression. */; readonly licence: string }

/**
 * The text of gateway.mjs, and what of npm is in it, by name. `manifestDigest` is baked, so that the gateway can tell whether its
 * manifest was altered.
 */
export async function makeGateway(
  emitted: EmittedFiles,
  manifestDigest: string,
  capabilities: readonly CapabilityName[],
  projectModules: ProjectModules,
): Promise<{ readonly text: string; readonly packages: readonly BundledPackage[] }> {
  const { code, metafile } = await bundle(emitted, manifestDigest, projectModules)
  guard(metafile, capabilities)
  const names = packagesIn(metafile).toSorted()
  const text = `${banner}\n${loadsByCalls(metafile) ? requireForModules : ''}${code}${licenceNotices(names)}\n`
  return { text, packages: names.map(bundledPackage) }
}

function bundledPackage(name: string): BundledPackage {
  // The file of an installed package.
  const { version, license } = JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8')) as Record<string, unknown>
  if (typeof version !== 'string' || typeof license !== 'string') throw new Error(`the package ${name} does not say its version or licence`)
  return { name, version, licence: license }
}

/** What CommonJS loads parts of Node with; modules have none of their own. */
const requireForModules = `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n`

function loadsByCalls({ outputs }: Metafile): boolean {
  return Object.values(outputs).some(({ imports }) => imports.some(({ kind }) => kind === 'require-call'))
}

/** Names and layout of the code are kept: whoever runs a gateway can read it. */
async function bundle(
  emitted: EmittedFiles,
  manifestDigest: string,
  projectModules: ProjectModules,
): Promise<{ code: string; metafile: Metafile }> {
  const generated = new Map<string, OnLoadResult>([
    ['entry', { contents: emitted['entry.ts'], loader: 'ts' }],
    ['plan', { contents: emitted['plan.json'], loader: 'text' }],
    ['manifest-digest', { contents: manifestDigest, loader: 'text' }],
  ])
  const result = await build({
    entryPoints: ['postern:entry'],
    plugins: [modulePlugin(generated, projectModules)],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: `node${minimumNodeMajor}`,
    charset: 'utf8',
    legalComments: 'none',
    treeShaking: true,
    // A tsconfig.json or package.json that happens to lie above the current folder must not change the result.
    absWorkingDir: import.meta.dirname,
    tsconfigRaw: { compilerOptions: { target: 'ESNext', useDefineForClassFields: true, verbatimModuleSyntax: true } },
    logLevel: 'silent',
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error('the bundler wrote no file')
  return { code: file.text, metafile: result.metafile }
}
