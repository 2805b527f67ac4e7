/** Each way into an operation, and each way in with one thing wrong. */
import { type Carried, emptyHanded, type NotHad, type TokenChanges } from './callers.ts'
import { judgedByCertificate, ownStepOf, passing } from './case-makers.ts'
import { badCertificates, badKeys, badPasswords } from './other-credential-cases.ts'
import { type Place, type Planned, passes, requestFor } from './test-case.ts'
import { badTokens } from './token-cases.ts'
import { isEnough, nameOf, type WayIn } from './ways-in.ts'

export async function credentialCases(place: Place): Promise<readonly Planned[]> {
  const { operation, ways } = place
  if (operation.security.kind === 'public' && operation.clientCertificate.asked === 'unused')
    return [passing(place, 'no credential', emptyHanded), passing(place, 'a credential that nobody asks for', stray)]
  const planned: Planned[] = [judgedByCertificate(place, 'no credential', emptyHanded)]
  for (const way of ways) planned.push(...(await wayIn(place, way)))
  planned.push(...(await badTokens(place)), ...badKeys(place), ...badPasswords(place), ...(await badCertificates(place)))
  return planned
}

const stray: Carried = { ...emptyHanded, fields: ['Authorization: Bearer selftest'] }

/** Good credentials for one way in, of each issuer and form, then less of them. */
async function wayIn(place: Place, way: WayIn): Promise<readonly Planned[]> {
  const { callers } = place
  const name = nameOf(way)
  const issuers = way.needs.has('token')
    ? way.issuers.map((issuer) => callers.manifest.issuers.findIndex((each) => each.issuer === issuer))
    : [null]
  const planned: Planned[] = []
  for (const issuer of issuers) {
    const forms = issuer === null ? [null] : callers.tokens.formsOf(issuer)
    if (forms.length === 0) planned.push({ kind: 'not-tried', test: name, why: 'every key of the issuer is revoked' })
    for (const form of forms) {
      const of = issuer === null || callers.manifest.issuers.length === 1 ? '' : ` of ${callers.manifest.issuers[issuer]!.issuer}`
      const test = `${name}${of}${form === 'opaque' ? ' (opaque)' : ''}`
      const changes: TokenChanges = form === null ? {} : { form }
      const carried = await callers.carry(place, way, issuer, changes)
      if ('why' in carried) {
        planned.push({ kind: 'not-tried', test, why: carried.why })
        continue
      }
      planned.push(passing(place, test, carried))
      planned.push(...(await keyTypes(place, way, issuer, changes, test)), ...(await withLess(place, way, issuer, changes, test)))
    }
  }
  return planned
}

/** Sandbox tokens go to the sandbox, production ones never. */
async function keyTypes(place: Place, way: WayIn, issuer: number | null, changes: TokenChanges, test: string): Promise<readonly Planned[]> {
  if (issuer === null || ownStepOf(place) !== null) return []
  const { backends } = place.operation
  const other = backends.production === null ? 'PRODUCTION' : 'SANDBOX'
  const carried = await place.callers.carry(place, way, issuer, { ...changes, keyType: other })
  if ('why' in carried) return []
  return [
    { test: `${test}, ${other.toLowerCase()} key`, request: requestFor(place, carried), expected: passes(place, other === 'SANDBOX') },
  ]
}

/** One scope less, no scope at all, one credential less: refused, unless that is another way in. */
async function withLess(place: Place, way: WayIn, issuer: number | null, changes: TokenChanges, test: string): Promise<readonly Planned[]> {
  const { callers } = place
  const planned: Planned[] = []
  const add = (without: string, carried: Carried | NotHad): void => {
    if (!('why' in carried) && !isEnough(carried.shown, place.ways))
      planned.push(judgedByCertificate(place, `${test}, without ${without}`, carried))
  }
  for (const [kind, scopes] of way.needs) {
    for (const lacking of kind === 'token' && issuer !== null ? scopes : []) {
      const fewer = scopes.filter((scope) => scope !== lacking)
      add(lacking, await callers.carry(place, way, issuer, { ...changes, scopes: fewer }))
    }
    if (kind === 'token' && issuer !== null && scopes.length > 1)
      add('any scope', await callers.carry(place, way, issuer, { ...changes, scopes: [] }))
    if (way.needs.size === 1) continue
    const fewer: WayIn = { ...way, needs: new Map([...way.needs].filter(([other]) => other !== kind)) }
    add(
      `the ${nameOf({ ...way, needs: new Map([[kind, []]]) })}`,
      await callers.carry(place, fewer, fewer.needs.has('token') ? issuer : null, changes),
    )
  }
  return planned
}
