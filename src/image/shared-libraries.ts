/** The shared libraries that a program needs, found where the system's loader finds them. None is left out: one that is not found is an error. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type ElfFile, readElf } from './elf.ts'
import { ImageError } from './image-error.ts'

/** `path` on this machine, of the loader or a library; `name` as programs ask for it. */
export type SharedLibrary = { readonly name: string; readonly path: string }

export type Libraries = {
  /** The loader has to lie at this path in an image as well. */
  readonly interpreter: string
  /** Folder of the C library, where the loader looks by itself. */
  readonly folder: string
  readonly libraries: readonly SharedLibrary[]
}

/** Loaded by name when a name is looked up, where the C library has them apart (glibc before 2.34). */
const loadedByName = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']

const triplets: Readonly<Record<number, string>> = { 62: 'x86_64-linux-gnu', 183: 'aarch64-linux-gnu', 21: 'powerpc64le-linux-gnu' }

/** `null` where the program is linked statically. */
export async function sharedLibraries(program: string, elf: ElfFile): Promise<Libraries | null> {
  const { interpreter, machine } = elf
  if (interpreter === null) return null
  const found = new Map<string, string>()
  const open = [{ path: program, elf }]
  for (const { path, elf: requester } of open) {
    for (const name of requester.needed) {
      if (found.has(name) || name === basename(interpreter)) continue
      const library = await find(name, machine, foldersFor(path, requester))
      if (library === null) {
        throw new ImageError(
          `${path} needs the library ${name}, which is not found.`,
          'Take a Node that runs here, or a base image that has one: --base <oci layout>.',
        )
      }
      found.set(name, library.path)
      open.push(library)
    }
  }
  const libc = [...found].find(([name]) => /^libc\.(?:so\.\d+|musl-.*)$/.test(name))
  if (libc === undefined)
    throw new ImageError(`${program} needs no C library that is known.`, 'Take the Node of nodejs.org or of the npm package `node`.')
  const folder = dirname(libc[1])
  for (const name of loadedByName) if (!found.has(name) && existsSync(join(folder, name))) found.set(name, join(folder, name))
  return { interpreter, folder, libraries: [...found].map(([name, path]) => ({ name, path })) }
}

async function find(name: string, machine: number, folders: readonly string[]): Promise<{ path: string; elf: ElfFile } | null> {
  for (const folder of folders) {
    const path = join(folder, name)
    const elf = existsSync(path) ? await readElf(path) : null
    if (elf !== null && elf.machine === machine) return { path, elf }
  }
  return null
}

function foldersFor(path: string, { searched, machine }: ElfFile): readonly string[] {
  const own = searched.map((folder) => folder.replace(/\$(?:ORIGIN|\{ORIGIN\})/g, dirname(resolve(path))))
  const triplet = triplets[machine]
  const system = [...(triplet === undefined ? [] : [triplet]), ''].flatMap((end) => [join('/lib', end), join('/usr/lib', end)])
  return [...own, ...system, '/lib64', '/usr/lib64', ...configured('/etc/ld.so.conf', 0), '/usr/local/lib']
}

/** Folders of ld.so.conf, with the files that it includes (ld.so(8)). */
function configured(file: string, depth: number): readonly string[] {
  if (depth > 3 || !existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .flatMap((line) => {
      const [, pattern] = /^include\s+(.+)$/.exec(line) ?? []
      if (pattern === undefined) return line.startsWith('/') ? [line] : []
      return globSync(resolve(dirname(file), pattern))
        .toSorted()
        .flatMap((each) => configured(each, depth + 1))
    })
}
