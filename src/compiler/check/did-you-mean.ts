import { nearestName } from '../source/nearest-name.ts'

/** A hint with the known name that was probably meant; `undefined` where none is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const nearest = nearestName(name, known)
  return nearest === null ? undefined : `Did you mean \`${nearest}\`?`
}
