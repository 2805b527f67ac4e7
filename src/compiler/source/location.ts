/** A place in a source file. `file` is relative to the project folder, with forward slashes; line and column count from 1. */
export type Location = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** JSON Pointer (RFC 6901) into the file's document, as a URI fragment: `#/paths/~1pets/get`. */
  readonly pointer: string
}
