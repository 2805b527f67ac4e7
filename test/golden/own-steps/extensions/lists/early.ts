const early: ReadonlySet<string> = new Set(['consumer:early'])

export function isEarly(consumer: string): boolean {
  return early.has(consumer)
}
