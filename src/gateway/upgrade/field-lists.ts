/** Field values that are lists of names (RFC 9110 §5.6.1). */

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Whether `name` is in the list, whatever its case. */
export function listed(value: string | undefined, name: string): boolean {
  return value?.split(',').some((item) => item.trim().toLowerCase() === name.toLowerCase()) === true
}

/** The tokens of the list; `null` where something else is in it. */
export function tokens(value: string | undefined): readonly string[] | null {
  if (value === undefined) return []
  const items = value.split(',').map((item) => item.trim())
  return items.every((item) => token.test(item)) ? items : null
}

/** The names of extensions, without their parameters (RFC 6455 §9.1). */
export function extensionNames(value: string): readonly string[] {
  return value === '' ? [] : value.split(',').map((item) => item.split(';', 1)[0]!.trim().toLowerCase())
}
