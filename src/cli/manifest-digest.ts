/** Whether a gateway and a manifest were built together, as the gateway itself looks at its start. */
import { digestOf, hexOf } from '../compiler/digest.ts'

/** What is wrong; `null` for nothing. `text`: of manifest.json. */
export function manifestProblem(gateway: Buffer, text: string): string | null {
  // Only here: a digest that stood elsewhere would let other text of the manifest stand here.
  const beginning = `{\n  "digest": "${digestOf(gateway)}",`
  if (!text.startsWith(beginning)) return 'it describes another gateway'
  const own = hexOf(digestOf(`{\n  "digest": "",${text.slice(beginning.length)}`))
  return gateway.includes(own) ? null : 'the gateway was built with another manifest'
}
