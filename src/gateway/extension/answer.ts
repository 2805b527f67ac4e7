/** Reads what an extension answers: nothing is taken for granted, and a doubtful answer is none. */
import type { CallerSubscription } from '../../contract/extension.ts'
import { isJsonObject } from '../json-object.ts'
import { BadAnswer } from './bad-answer.ts'
import { frozen } from './caller-view.ts'

/** An answer as an object; `false` and `true` stand for one. Throws BadAnswer. */
export function readAnswer(answer: unknown, known: readonly string[]): Readonly<Record<string, unknown>> & { readonly allowed: boolean } {
  if (typeof answer === 'boolean') return { allowed: answer }
  const object = objectOf(answer, 'the answer')
  const { allowed } = object
  if (typeof allowed !== 'boolean') throw new BadAnswer('`allowed` is neither true nor false')
  const stranger = Object.keys(object).find((key) => key !== 'allowed' && key !== 'attach' && !known.includes(key))
  if (stranger !== undefined) throw new BadAnswer('the answer has a member that is not known')
  return { ...object, allowed }
}

export function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw new BadAnswer(`${what} is no object`)
  return value
}

/** Characters of an id or name. */
const longest = 256

export function optionalText(object: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = object[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' || value === '' || value.length > longest)
    throw new BadAnswer(`\`${name}\` is no text of 1 to ${longest} characters`)
  return value
}

export function optionalKeyType(object: Readonly<Record<string, unknown>>): 'production' | 'sandbox' | null {
  const value = object.keyType
  if (value === undefined || value === null) return null
  if (value !== 'production' && value !== 'sandbox') throw new BadAnswer('`keyType` is neither `production` nor `sandbox`')
  return value
}

/** It stands in a field of the request, so nothing in it may end the line. Throws BadAnswer. */
export function readConsumerToken(answer: unknown): string {
  if (typeof answer === 'string' && /^[\x21-\x7e]{1,8192}$/.test(answer)) return answer
  throw new BadAnswer('the token is not 1 to 8192 characters of visible ASCII')
}

export function readSubscription(value: unknown): CallerSubscription {
  const object = objectOf(value, '`subscription`')
  const application = objectOf(object.application, '`application`')
  const id = optionalText(application, 'id')
  if (id === null) throw new BadAnswer('`application` has no `id`')
  const [uuid, name, owner, tier] = ['uuid', 'name', 'owner', 'tier'].map((key) => optionalText(application, key)) as (string | null)[]
  return frozen({
    application: { id, uuid: uuid ?? null, name: name ?? null, owner: owner ?? null, tier: tier ?? null },
    tier: optionalText(object, 'tier'),
    keyType: optionalKeyType(object),
  })
}
