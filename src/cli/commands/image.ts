/** `postern image`: a container image of a bundle, without a daemon. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sbomFile } from '../../compiler/package/sbom.ts'
import { lockedBaseFolder } from '../../compiler/source/locked-documents.ts'
import { ImageError } from '../../image/image-error.ts'
import type { ImageRecord } from '../../image/image-record.ts'
import type { BaseChoice, ImageRequest } from '../../image/make-image.ts'
import { UsageError } from '../failures.ts'
import { withoutSbom, writeImageProof } from '../image-proof.ts'
import { locate, locateProject } from '../locate.ts'
import { imageName as nameInRegistry, readImageReference } from '../lock/image-reference.ts'
import { lockedBase } from '../lock/write-lock.ts'
import { readManifest } from '../manifest-of.ts'
import { readPlatforms } from '../platforms.ts'
import { readSigningKey } from '../private-key.ts'
import type { AddCommand, Session } from '../session.ts'

type Options = {
  readonly out: string
  readonly base?: string
  readonly baseDigest?: string
  readonly locked?: string
  readonly platform?: string
  readonly node?: string
  readonly nodeMajor?: string
  readonly tag?: string
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly workers?: boolean
  readonly record?: string
  readonly proof?: string
  readonly sign?: string
  readonly format: string
}

export const addImage: AddCommand = (program, session) => {
  const repeated = (value: string, before: readonly string[]): readonly string[] => [...before, value]
  program
    .command('image')
    .summary('make a container image of a bundle')
    .description('Makes an OCI image of a bundle without a daemon, and prints its digest. The same inputs give the same digest.')
    .argument('[bundle]', 'folder of a bundle', 'dist')
    .requiredOption('-o, --out <file or dir>', 'a .tar for podman, skopeo and docker load, or the folder of an OCI layout')
    .option('--base <base>', 'an OCI layout or archive with Node in it, or `host`: Node and its libraries from this machine')
    .option('--base-digest <digest>', 'only a base image with this digest')
    .option(
      '--locked <project>',
      'only the base image that the postern.lock of this project pins; without --base, the one that `postern lock` has fetched',
    )
    .option('--platform <list>', 'platforms of the base, as in linux/amd64,linux/arm64')
    .option('--node <file>', 'with host, the Node to copy; else where Node lies in the base')
    .option('--node-major <number>', 'which Node the base has, where its file does not say so')
    .option('--tag <name>', 'name of the image when it is loaded (default: localhost/, name and version of the gateway)')
    .option('--read <path>', 'what the gateway may read besides /etc/postern; may be repeated', repeated, [])
    .option('--write <path>', 'a folder that the gateway may write to; may be repeated', repeated, [])
    .option('--workers', 'allow threads (POSTERN_WORKERS), in which Node’s permissions do not hold')
    .option('--record <file>', 'write what --format json prints to a file')
    .option('--proof <dir>', 'write the image’s bill of materials and provenance to a folder')
    .option('-s, --sign <key>', 'sign that provenance with this private key (PEM or JWK); POSTERN_KEY_PASSPHRASE opens an encrypted one')
    .option('--format <format>', 'text, the digest alone, or json: layers, base and files with their digests', 'text')
    .addHelpText(
      'after',
      '\nExamples:\n  $ postern image dist --base host --out bookshop.tar\n  $ postern image dist --base node-26.tar --platform linux/amd64,linux/arm64 --out image\n  $ podman load --input bookshop.tar',
    )
    .action((bundle: string, options: Options) => image(bundle, options, session))
}

async function image(bundle: string, options: Options, { report }: Session): Promise<void> {
  if (options.format !== 'text' && options.format !== 'json') {
    throw new UsageError(`There is no format ${options.format}.`, 'Use text or json.')
  }
  const { kind, folder } = locate(bundle)
  if (kind === 'project') throw new UsageError(`${bundle} is a project.`, `Build it, and name its bundle: ${join(bundle, 'dist')}.`)
  if (options.sign !== undefined && options.proof === undefined)
    throw new UsageError('--sign signs what --proof writes.', 'Name a folder with --proof.')
  const key = options.sign === undefined ? null : (await readSigningKey(options.sign)).key
  const manifest = readManifest(folder)
  const sbom = join(folder, sbomFile)
  if (options.proof !== undefined && !existsSync(sbom)) throw withoutSbom(bundle)
  const request: ImageRequest = {
    gateway: {
      manifest,
      gatewayFile: readFileSync(join(folder, 'gateway.mjs')),
      manifestFile: readFileSync(join(folder, 'manifest.json')),
    },
    base: baseOf(withLocked(options)),
    platforms: options.platform === undefined ? null : readPlatforms(options.platform),
    allowed: { read: options.read.map(absolute), write: options.write.map(absolute), workers: options.workers === true },
    epochSeconds: sourceDate(),
  }
  const name = options.tag === undefined ? `localhost/${manifest.name}:${tagOf(manifest.version)}` : imageName(options.tag)
  const record = await made(request, options.out, name, (text) => report.progress(text)).finally(() => report.progress(''))
  const text = `${JSON.stringify(record, null, 2)}\n`
  if (options.record !== undefined) writeFileSync(options.record, text)
  if (options.proof !== undefined) await writeImageProof(options.proof, record, readFileSync(sbom, 'utf8'), key)
  report.note(described(record, options.out))
  report.result(options.format === 'json' ? text : `${record.digest}\n`)
}

async function made(request: ImageRequest, out: string, name: string, progress: (text: string) => void): Promise<ImageRecord> {
  // What reads and writes archives is not loaded for other commands.
  const { writeImage } = await import('../../image/write-image.ts')
  try {
    return await writeImage(request, out, name, progress)
  } catch (error) {
    if (error instanceof ImageError) throw new UsageError(error.message, error.hint)
    throw error
  }
}

function described({ name, platforms }: ImageRecord, out: string): string {
  const parts = platforms.map(({ platform, size, layers, node: { version, major } }) => {
    const own = layers.at(-1)?.size ?? 0
    return `${platform}, Node ${version ?? major}, ${(size / 1024 / 1024).toFixed(1)} MiB, of which the gateway ${Math.ceil(own / 1024)} KiB`
  })
  return `Made ${out} (${name}): ${parts.join('; ')}`
}

/** `baseName`: as a lock has it. */
type Base = Options & { readonly base: string; readonly baseName: string | null }

/** What a lock pins stands for what is given. */
function withLocked(options: Options): Base {
  const { base, locked } = options
  if (locked === undefined) {
    if (base !== undefined) return { ...options, base, baseName: null }
    throw new UsageError('No base image is named.', 'Name one with --base, or a project that pins one with --locked.')
  }
  if (options.baseDigest !== undefined)
    throw new UsageError('--locked and --base-digest both say which base image.', 'Leave one of them out.')
  if (base === 'host')
    throw new UsageError(
      '--locked is for base images, and not for host.',
      'Leave it out, or leave --base out for the image that is pinned.',
    )
  const project = locateProject(locked)
  const pinned = lockedBase(project)
  if (pinned === null)
    throw new UsageError(`The postern.lock of ${locked} pins no base image.`, 'Pin one with `postern lock --base <image>`.')
  const { digest: baseDigest, fetched } = pinned
  if (base !== undefined) return { ...options, base, baseDigest, baseName: null }
  if (fetched === null) throw new UsageError('postern.lock pins a base image that it does not fetch.', 'Name its layout with --base.')
  const layout = join(project, lockedBaseFolder)
  if (existsSync(layout)) return { ...options, base: layout, baseDigest, baseName: nameInRegistry(readImageReference(fetched.image)) }
  throw new UsageError(`The base image that postern.lock pins is not in ${layout}.`, 'Fetch it with `postern lock --frozen`.')
}

function baseOf({ base, baseDigest, baseName, node, nodeMajor }: Base): BaseChoice {
  if (base === 'scratch')
    throw new UsageError('An image upon nothing has no Node.', 'Use --base host: this machine’s Node and its libraries, upon nothing else.')
  if (base === 'host') {
    if (baseDigest !== undefined || nodeMajor !== undefined) {
      throw new UsageError('--base-digest and --node-major are for base images, and not for host.', 'Leave them out.')
    }
    return { kind: 'host', node: node ?? process.execPath }
  }
  if (baseDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(baseDigest)) {
    throw new UsageError(`${baseDigest} is not a digest.`, 'A digest is `sha256:` and 64 hexadecimal digits.')
  }
  if (nodeMajor !== undefined && !/^[1-9]\d?$/.test(nodeMajor))
    throw new UsageError(`${nodeMajor} is not a major version.`, 'Say for example --node-major 26.')
  return {
    kind: 'layout',
    path: base,
    digest: baseDigest ?? null,
    name: baseName,
    node: node === undefined ? null : absolute(node),
    nodeMajor: nodeMajor === undefined ? null : Number(nodeMajor),
  }
}

/** A comma would be two paths for Node. */
function absolute(path: string): string {
  if (/^\/[^,\0]*$/.test(path) && !path.split('/').includes('..')) return path
  throw new UsageError(`${JSON.stringify(path)} is not an absolute path in the image.`, 'Say for example --read /run/secrets.')
}

/** What a tag can hold. */
function tagOf(version: string): string {
  const tag = version
    .replace(/[^\w.-]/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128)
  return tag === '' ? 'latest' : tag
}

function imageName(text: string): string {
  if (/^[a-z0-9][a-z0-9._/:-]{0,254}:\w[\w.-]{0,127}$/.test(text)) return text
  throw new UsageError(
    `${JSON.stringify(text)} is not the name of an image with a tag.`,
    'Say for example --tag registry.example.com/bookshop:1.0.0.',
  )
}

/** Reproducible builds name one time for all (reproducible-builds.org, SOURCE_DATE_EPOCH); without one it is the beginning of the epoch. */
function sourceDate(): number {
  const text = process.env.SOURCE_DATE_EPOCH ?? ''
  if (text === '') return 0
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new UsageError('SOURCE_DATE_EPOCH is not a number of seconds.', 'Leave it out, or set it to seconds since 1970.')
}
