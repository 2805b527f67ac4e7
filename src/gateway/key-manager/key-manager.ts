/**
 * The capability `key-manager`: endpoints of an authorisation server that clients reach through the gateway. Requests for them are forwarded
 * with the client's own credentials, and a token that was revoked there is forgotten here before the client hears of it.
 */
import type { KeyManagerCapability } from '../capabilities/key-manager.ts'
import { DroppedTokens, droppedTokensName } from '../dropped-tokens.ts'
import type { Exchange, Step } from '../exchange.ts'
import type { RequestFields } from '../http1/request-fields.ts'
import { RevocationWatch } from './revocation-watch.ts'

export const keyManagerCapability: KeyManagerCapability = ({ shared, metrics }, revoked) => {
  const dropped = new DroppedTokens(shared(droppedTokensName, DroppedTokens.make))
  const counts = { dropped: 0 }
  metrics.revokedHere = counts
  return {
    passOn: ({ keyManager }, fields) => {
      if (keyManager === null) return null
      const credentials = credentialsFor(fields)
      if (keyManager.endpoint !== 'revoke') return credentials
      return (exchange) => {
        exchange.watch = new RevocationWatch(exchange.query, (token) => {
          counts.dropped++
          if (token === null) dropped.addUnknown()
          else {
            dropped.add(token)
            revoked(token, keyManager.issuer)
          }
        })
        return credentials(exchange)
      }
    },
  }
}

/** Fields that no other backend sees: for these endpoints they are the client's word to the key manager. */
function credentialsFor(fields: RequestFields): Step {
  const passed = [
    { name: 'Authorization', slot: fields.slot('authorization') },
    // Watched, and so held back, only where some operation asks for proofs.
    { name: 'DPoP', slot: fields.slot('dpop') },
  ].filter(({ slot }) => slot !== -1)
  return (exchange: Exchange) => {
    for (const { name, slot } of passed) {
      const value = exchange.head.value(slot)
      if (value !== undefined) exchange.backendFields += `${name}: ${value}\r\n`
    }
    return undefined
  }
}
