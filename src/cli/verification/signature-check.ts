/** Whether somebody whom the user trusts has signed a bundle's provenance, and by it all that it names. */
import type { KeyObject } from 'node:crypto'
import { signatureFile } from '../../compiler/package/provenance.ts'
import { keyHint, signatureProblem } from '../signed-statement.ts'
import type { BundleContents } from './bundle-contents.ts'
import { type Check, failed, notAsked, passed } from './check.ts'

const name = 'signature'

/** `key`: `null` where the user has named none. */
export function signatureCheck(contents: BundleContents, key: KeyObject | null): Check {
  const signature = contents.get(signatureFile)
  const statement = contents.get('provenance.json')
  if (key === null) return notAsked(name, signature === undefined ? 'not signed' : 'signed, and held against no key: name it with --key')
  if (signature === undefined || statement === undefined) return failed(name, 'not signed')
  const problem = signatureProblem(signature.toString('utf8'), statement, key)
  return problem === null ? passed(name, `by the key ${keyHint(key).slice(0, 16)}`) : failed(name, problem)
}
