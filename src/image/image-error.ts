/** An image cannot be made of what was given; the message says why, and the hint what to do instead. */
export class ImageError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
