/** What pages of other origins are told: those that may read an answer, and those that may not. */
import { emptyHanded } from './callers.ts'
import { passing } from './case-makers.ts'
import type { AnswerField, Place, Planned } from './test-case.ts'

const stranger = 'https://selftest.invalid'
const name = 'access-control-allow-origin'

export async function corsCases(place: Place): Promise<readonly Planned[]> {
  const { operation, ways, callers } = place
  const { cors } = operation
  const [way] = ways
  if (cors === null || way === undefined) return []
  const issuer = way.needs.has('token') ? callers.manifest.issuers.findIndex((each) => each.issuer === way.issuers[0]) : null
  const from = async (test: string, origin: string, field: AnswerField): Promise<Planned> => {
    // Each with credentials of its own: a proof is used once.
    const carried = way.needs.size === 0 ? emptyHanded : await callers.carry(place, way, issuer)
    if ('why' in carried) return { kind: 'not-tried', test, why: carried.why }
    if (carried.fields.some((line) => line.startsWith('Origin: '))) return { kind: 'not-tried', test, why: 'the API key is for a page' }
    const planned = passing(place, test, { ...carried, fields: [...carried.fields, `Origin: ${origin}`] })
    if ('kind' in planned || planned.expected.kind !== 'passes') return planned
    return { ...planned, expected: { ...planned.expected, field } }
  }
  if (cors.origins === 'any') return [await from('a page of any origin', stranger, { name, value: '*' })]
  const [known] = cors.origins
  return [
    await from('a page of an unknown origin', stranger, { name, value: null }),
    ...(known === undefined ? [] : [await from('a page of a known origin', known, { name, value: known })]),
  ]
}
