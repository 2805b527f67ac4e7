/** What an image is made of (OCI image-spec 1.1), as far as it is read and written here. */

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  gzipLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const

/** The same things as Docker names them. */
export const dockerTypes = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const

export const manifestTypes: readonly string[] = [mediaTypes.manifest, dockerTypes.manifest]
export const indexTypes: readonly string[] = [mediaTypes.index, dockerTypes.index]

/** Content by its digest: `sha256:` and 64 hex digits. `size` in bytes. */
export type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number }

/** `linux/arm64/v8`: system, architecture, and the variant where one is told. */
export type Platform = { readonly os: string; readonly architecture: string; readonly variant: string | null }

/** `diffId`: digest of the layer's tar before compression. */
export type Layer = { readonly descriptor: Descriptor; readonly diffId: string }

/** How a layer came to be; builders want one for each, besides those of steps that made none. */
export type HistoryEntry = { readonly [key: string]: string | true }

export function platformText({ os, architecture, variant }: Platform): string {
  return variant === null ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}

/** As it stands in an image index. */
export function platformJson({ os, architecture, variant }: Platform): Readonly<Record<string, string>> {
  return { architecture, os, ...(variant === null ? {} : { variant }) }
}

/** `null` for anything but `os/architecture` with or without a variant. */
export function readPlatform(text: string): Platform | null {
  const [, os, architecture, variant] = /^([a-z]+)\/([a-z0-9_]+)(?:\/([a-z0-9]+))?$/.exec(text) ?? []
  return os === undefined || architecture === undefined ? null : { os, architecture, variant: variant ?? null }
}
