/** manifest.json, which names an image's blobs for tools that do not read OCI layouts, such as `docker load` of older versions. */

const blob = (digest: string): string => `blobs/sha256/${digest.slice('sha256:'.length)}`

/** @param tag `localhost/bookshop:1.0.0` and the like */
export function olderForm(tag: string, configDigest: string, layerDigests: readonly string[]): string {
  return JSON.stringify([{ Config: blob(configDigest), RepoTags: [tag], Layers: layerDigests.map(blob) }])
}

/**
 * Whether the text names this image and no other. It is held against what is written, byte for byte: of keys that are there twice, or in
 * other case, each tool takes another one.
 */
export function isOlderForm(text: string, configDigest: string, layerDigests: readonly string[]): boolean {
  const tag = /"RepoTags":\["([\w.:/@-]{1,300})"\]/.exec(text)?.[1]
  return tag !== undefined && text === olderForm(tag, configDigest, layerDigests)
}
