/** Refusals in the form that WSO2's clients know: a `fault` with code, message and description, in JSON or in XML. */
import { refusals } from '../contract/refusals.ts'
import { quality } from './accept.ts'
import type { Wso2ErrorsCapability } from './capabilities/wso2-errors.ts'

/** WSO2 API Manager's, with the prefix that it uses. */
const namespace = 'http://wso2.org/apimanager/throttling'

/** JSON unless the client says that it likes XML better. */
export const wso2ErrorsCapability: Wso2ErrorsCapability = (kind, accept) => {
  const { code, wso2 } = refusals[kind]
  const contentType = preferredType(accept)
  if (contentType === 'application/json') {
    return { contentType, body: JSON.stringify({ fault: { code, message: wso2.message, description: wso2.description } }) }
  }
  const body =
    `<amt:fault xmlns:amt="${namespace}"><amt:code>${code}</amt:code><amt:message>${escapeXml(wso2.message)}</amt:message>` +
    `<amt:description>${escapeXml(wso2.description)}</amt:description></amt:fault>`
  return { contentType, body }
}

function preferredType(accept: string): 'application/json' | 'application/xml' | 'text/xml' {
  const json = quality(accept, 'application', 'json')
  const xml = quality(accept, 'application', 'xml')
  const textXml = quality(accept, 'text', 'xml')
  if (Math.max(xml, textXml) <= json) return 'application/json'
  return xml >= textXml ? 'application/xml' : 'text/xml'
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
