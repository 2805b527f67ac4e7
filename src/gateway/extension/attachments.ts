/** Values that extensions attach to a request, for the backend's token. */
import type { JsonObject } from '../../contract/extension.ts'
import type { Claims } from '../claims.ts'
import { isJsonObject } from '../json-object.ts'
import { BadAnswer } from './bad-answer.ts'

/** Characters of all values of a request together, as JSON. */
const most = 4096

/** Later values take the place of earlier ones of the same name. Throws BadAnswer for what is no JSON object, or too much. */
export function attach(earlier: Claims | null, values: unknown): JsonObject {
  if (!isJsonObject(values)) throw new BadAnswer('`attach` is no object')
  // A copy that nobody else holds; `null` in front, so that no name means anything.
  const text = JSON.stringify({ ...earlier, ...values })
  if (text.length > most) throw new BadAnswer(`\`attach\` has over ${most} characters`)
  const copy: JsonObject = JSON.parse(text)
  return Object.freeze(Object.assign(Object.create(null), copy))
}
