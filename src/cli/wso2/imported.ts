/** A Postern project as it comes into being, and what is said of each thing that it was made from. */
import type { Json } from '../../compiler/plan/canonical.ts'
import type { Outcome } from './outcome.ts'

export type Imported = {
  /** postern.yaml, key by key. */
  readonly project: Record<string, Json>
  /** Other files, by path in the project; structures become YAML. */
  readonly files: Map<string, Buffer | Json>
  readonly outcomes: Outcome[]
  /** Certificates that keystores hold and the project needs as PEM: path in the project, by alias. */
  readonly certificates: Map<string, string>
}

/** Where the certificate of an alias is expected, and remembered as one that is needed. */
export function certificateOf(imported: Imported, alias: string): string {
  const known = imported.certificates.get(alias)
  if (known !== undefined) return known
  const name = alias.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^[-.]+/, '')
  const taken = new Set(imported.certificates.values())
  let file = `keys/${name}.pem`
  // Another alias may differ in what no file name has.
  for (let number = 2; taken.has(file); number++) file = `keys/${name}-${number}.pem`
  imported.certificates.set(alias, file)
  return file
}
