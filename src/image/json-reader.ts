/** Reads JSON that a stranger has written: what is not as it must be is an ImageError that names the place. */
import { ImageError } from './image-error.ts'
import type { Descriptor, Platform } from './oci.ts'

export type JsonObject = Readonly<Record<string, unknown>>

export function malformed(what: string): ImageError {
  return new ImageError(`The base image cannot be read: ${what}.`, 'Make it again, for example with `skopeo copy … oci:<folder>`.')
}

export function parseJson(content: Buffer, where: string): JsonObject {
  try {
    return objectAt(JSON.parse(content.toString('utf8')), where)
  } catch (error) {
    if (error instanceof ImageError) throw error
    throw malformed(`${where} is not JSON`)
  }
}

export function objectAt(value: unknown, where: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`${where} is not an object`)
  return value as JsonObject
}

/** An empty one where there is none. */
export function optionalObjectAt(value: unknown, where: string): JsonObject {
  return value === undefined || value === null ? {} : objectAt(value, where)
}

/** An empty one where there is none. */
export function listAt(value: unknown, where: string, most: number): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > most) throw malformed(`${where} is not a list of at most ${most}`)
  return value
}

export function textAt(value: unknown, where: string): string {
  if (typeof value !== 'string') throw malformed(`${where} is not text`)
  return value
}

export function optionalTextAt(value: unknown, where: string): string | null {
  return value === undefined || value === null ? null : textAt(value, where)
}

/** Of SHA-256 alone, so that a digest can stand in a path. */
export function digestAt(value: unknown, where: string): string {
  const text = textAt(value, where)
  if (!/^sha256:[0-9a-f]{64}$/.test(text)) throw malformed(`${where} is not a SHA-256 digest`)
  return text
}

export function descriptorAt(value: unknown, where: string): Descriptor {
  const { mediaType, digest, size } = objectAt(value, where)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw malformed(`${where} has no size`)
  return { mediaType: textAt(mediaType, where), digest: digestAt(digest, where), size }
}

/** Of an index's entry or a configuration. */
export function platformAt({ os, architecture, variant }: JsonObject): Platform {
  const platform = { os: textAt(os, 'os'), architecture: textAt(architecture, 'architecture'), variant: optionalTextAt(variant, 'variant') }
  // They are shown, and what a terminal obeys is none.
  if (/^[\w.,-]{0,150}$/.test(Object.values(platform).join(','))) return platform
  throw malformed('its platform is none')
}
