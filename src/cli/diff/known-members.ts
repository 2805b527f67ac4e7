/** For rules that take a whole object at once: whether it is of the form that the rule knows. */

/** Every member of a type by name; the type asks for all of them. */
export type KnownMembers<T> = Readonly<Record<keyof T, true>>

/** The first name that one of the objects has and the rule does not know, or the reverse; `null` for none. */
export function unknownMember<T extends object>(items: readonly T[], known: KnownMembers<T>): string | null {
  for (const item of items) {
    for (const name of Object.keys(item)) if (!Object.hasOwn(known, name)) return name
    for (const name of Object.keys(known)) if (!Object.hasOwn(item, name)) return name
  }
  return null
}
