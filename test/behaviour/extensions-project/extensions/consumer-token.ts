import type { ConsumerTokenAnswer, ConsumerTokenQuestion } from 'postern/extension'

/** Its own for some subjects, the gateway's for all others. */
export async function generateConsumerToken({ caller, attached, standard }: ConsumerTokenQuestion): Promise<ConsumerTokenAnswer> {
  switch (caller.claims.sub) {
    case 'own':
      return `own.${Buffer.from(JSON.stringify(attached)).toString('base64url')}`
    case 'nothing':
      return null
    case 'line':
      return 'a\r\nX-Admin: true'
    case 'long':
      return 'x'.repeat(8193)
    case 'number':
      return 1 as never
    case 'none':
      return ''
    default:
      return standard()
  }
}
