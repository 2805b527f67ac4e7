/**
 * Events of WSO2's about revocation, as their fields, which streams and lists call differently: a token; all that an application or a user
 * was issued before a time. Fields that say how long a notifier keeps an event (`ttl`), or whose it is (`tenantId`, `organization`), are not looked at.
 */
import type { RevokedPlan } from '../../contract/plan/revocation.ts'
import { ownMember, wordOf } from '../json-object.ts'
import { readEntry, tokenNamed } from './read-entry.ts'
import { wso2Seconds } from './wso2-time.ts'

type Fields = Readonly<Record<string, unknown>>

/** Whether it is one of WSO2's, good or bad. */
export function isWso2Event(fields: Fields): boolean {
  return ['revokedToken', 'consumerKey', 'consumer_key', 'entityId', 'entity_id'].some((name) => Object.hasOwn(fields, name))
}

/** Undefined where it makes no sense. */
export function readWso2Event(fields: Fields): RevokedPlan | undefined {
  const token = ownMember(fields, 'revokedToken')
  if (token === undefined || token === null) return issuedEarlier(fields)
  if (typeof token !== 'string') return undefined
  const wrapped = fieldsIn(token)
  return wrapped !== null && isWso2Event(wrapped) ? issuedEarlier(wrapped) : tokenNamed(token, wso2Seconds(ownMember(fields, 'expiryTime')))
}

/** Some versions send what is not about one token as the text of a token, which is JSON in base64 then. `null` for any other text. */
function fieldsIn(token: string): Fields | null {
  if (!/^eyJ[\w+/-]+={0,2}$/.test(token)) return null
  try {
    const fields: unknown = JSON.parse(Buffer.from(token, 'base64').toString('utf8'))
    return typeof fields === 'object' && fields !== null ? { ...fields } : null
  } catch {
    return null
  }
}

function issuedEarlier(fields: Fields): RevokedPlan | undefined {
  const before = wso2Seconds(ownMember(fields, 'revocationTime') ?? ownMember(fields, 'revocation_time'))
  if (before === null) return undefined
  const client = ownMember(fields, 'consumerKey') ?? ownMember(fields, 'consumer_key')
  if (client !== undefined && client !== null) return readEntry({ client, before })
  const entity = ownMember(fields, 'entityId') ?? ownMember(fields, 'entity_id')
  switch (wordOf(ownMember(fields, 'entityType') ?? ownMember(fields, 'entity_type')).toUpperCase()) {
    case 'USER_ID':
      return readEntry({ user: entity, before })
    case 'CLIENT_ID':
      return readEntry({ client: entity, before })
    default:
      return undefined
  }
}
