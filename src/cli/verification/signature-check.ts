/** Whether somebody whom the user trusts has signed a bundle's provenance, and by it all that it names. */
import type { KeyObject } from 'node:crypto'
import { provenanceFile } from '../../compiler/package/provenance.ts'
import { signatureFile } from '../../contract/signature-file.ts'
import { keyDigest, signatureDamage, signatureProblem } from '../signed-statement.ts'
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
  if (signature === undefined || statement === undefined) return key === null ? notAsked(name, 'not signed') : failed(name, 'not signed')
  const damage = signatureDamage(signature, statement)
  if (damage !== null) return failed(name, damage)
  if (key === null) return notAsked(name, 'signed, and held against no key: name it with --key')
  const problem = signatureProblem(signature.toString('utf8'), statement, key)
  return problem === null ? passed(name, `by the key ${keyDigest(key).slice(0, 16)}`) : failed(name, problem)
}
