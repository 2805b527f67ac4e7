/** Whether somebody whom the user trusts has signed a bundle's provenance, and by it all that it names. */
import type { KeyObject } from 'node:crypto'
import { provenanceFile, signatureFile } from '../../compiler/package/provenance.ts'
import { keyHint, signatureProblem } from '../signed-statement.ts'
import type { BundleContents } from './bundle-contents.ts'
import { type Check, failed, notAsked, passed } from './check.ts'

const name = 'signature'

/**
 * @param proof where the statement and its signature are: the bundle, or what lies beside an image.
 * @param key `null` where the user has named none.
 */
export function signatureCheck(proof: BundleContents, key: KeyObject | null): Check {
  const signature = proof.get(signatureFile)
  const statement = proof.get(provenanceFile)
  if (key === null) return notAsked(name, signature === undefined ? 'not signed' : 'signed, and held against no key: name it with --key')
  if (signature === undefined || statement === undefined) return failed(name, 'not signed')
  const problem = signatureProblem(signature.toString('utf8'), statement, key)
  return problem === null ? passed(name, `by the key ${keyHint(key).slice(0, 16)}`) : failed(name, problem)
}
