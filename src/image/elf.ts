/** What an ELF file says of the libraries that it needs (System V ABI, chapter 5; 64 bits, little-endian). */
import { type FileHandle, open } from 'node:fs/promises'

export type ElfFile = {
  /** `e_machine`: 62 is x86-64, 183 AArch64. */
  readonly machine: number
  /** The loader, of programs; `null` for libraries and for what is linked statically. */
  readonly interpreter: string | null
  readonly needed: readonly string[]
  /** Folders to look in first (DT_RUNPATH or DT_RPATH), with `$ORIGIN` as written. */
  readonly searched: readonly string[]
}

const segmentTypes = { load: 1, dynamic: 2, interpreter: 3 }
const tags = { end: 0n, needed: 1n, strings: 5n, stringsSize: 10n, rpath: 15n, runpath: 29n }

/** Bytes of a table or text; real ones have a few thousand. */
const tableBound = 4 * 1024 * 1024

type Segment = { readonly type: number; readonly offset: number; readonly address: number; readonly size: number }

/** `null` for anything else. */
export async function readElf(path: string): Promise<ElfFile | null> {
  const file = await open(path, 'r')
  try {
    const header = await read(file, 0, 64)
    if (header === null || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1) return null
    const segments = await readSegments(file, header)
    const dynamic = await readDynamic(file, segments)
    const interpreter = segments.find(({ type }) => type === segmentTypes.interpreter)
    const interpreterText = interpreter === undefined ? null : await read(file, interpreter.offset, interpreter.size)
    return {
      machine: header.readUInt16LE(18),
      interpreter: interpreterText === null ? null : textAt(interpreterText, 0),
      needed: dynamic.needed,
      searched: (dynamic.runpath ?? dynamic.rpath ?? '').split(':').filter((folder) => folder !== ''),
    }
  } finally {
    await file.close()
  }
}

async function readSegments(file: FileHandle, header: Buffer): Promise<readonly Segment[]> {
  const [start, entrySize, count] = [Number(header.readBigUInt64LE(32)), header.readUInt16LE(54), header.readUInt16LE(56)]
  const table = entrySize < 56 ? null : await read(file, start, entrySize * count)
  if (table === null) return []
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize
    const number = (field: number): number => Number(table.readBigUInt64LE(at + field))
    return { type: table.readUInt32LE(at), offset: number(8), address: number(16), size: number(32) }
  })
}

type Dynamic = { readonly needed: readonly string[]; readonly rpath: string | null; readonly runpath: string | null }

async function readDynamic(file: FileHandle, segments: readonly Segment[]): Promise<Dynamic> {
  const none = { needed: [], rpath: null, runpath: null }
  const segment = segments.find(({ type }) => type === segmentTypes.dynamic)
  const table = segment === undefined ? null : await read(file, segment.offset, segment.size)
  if (table === null) return none
  const entries: { readonly tag: bigint; readonly value: number }[] = []
  for (let at = 0; at + 16 <= table.length; at += 16) {
    const tag = table.readBigInt64LE(at)
    if (tag === tags.end) break
    entries.push({ tag, value: Number(table.readBigUInt64LE(at + 8)) })
  }
  const numberOf = (tag: bigint): number | null => entries.find((entry) => entry.tag === tag)?.value ?? null
  const [address, size] = [numberOf(tags.strings), numberOf(tags.stringsSize)]
  const loaded = segments.find(
    (each) => each.type === segmentTypes.load && address !== null && address >= each.address && address < each.address + each.size,
  )
  if (address === null || size === null || loaded === undefined) return none
  const strings = await read(file, loaded.offset + address - loaded.address, size)
  if (strings === null) return none
  const text = (value: number | null): string | null => (value === null ? null : textAt(strings, value))
  return {
    needed: entries.filter(({ tag }) => tag === tags.needed).map(({ value }) => textAt(strings, value)),
    rpath: text(numberOf(tags.rpath)),
    runpath: text(numberOf(tags.runpath)),
  }
}

function textAt(strings: Buffer, at: number): string {
  const end = strings.indexOf(0, at)
  return strings.toString('utf8', at, end === -1 ? strings.length : end)
}

/** `null` where the file does not hold as much. */
async function read(file: FileHandle, offset: number, size: number): Promise<Buffer | null> {
  if (!Number.isSafeInteger(offset) || size > tableBound) return null
  const content = Buffer.alloc(size)
  const { bytesRead } = await file.read(content, 0, size, offset)
  return bytesRead === size ? content : null
}
