/** What a registry asks to be shown (RFC 9110, 11.6.1; the token service of the distribution project), and getting it. */
import { type Asking, FetchError, readWhole } from './bounded-fetch.ts'
import type { ImageReference } from './image-reference.ts'

/** Characters of a field, bytes of a token service's answer. */
const longestField = 4096
const largestAnswer = 1_000_000

export type Challenges = ReadonlyMap<string, ReadonlyMap<string, string>>

/** Parameters by scheme, names in lower case; of a scheme that is there twice, the first. */
export function readChallenges(field: string): Challenges {
  const challenges = new Map<string, Map<string, string>>()
  let parameters = new Map<string, string>()
  const form = /(?<![\w-])(?:([\w-]+) +)?([\w-]+)=(?:"([^"\\]*)"|([^\s",]*))/g
  for (const [, scheme, name = '', quoted, plain = ''] of field.slice(0, longestField).matchAll(form)) {
    if (scheme !== undefined) {
      parameters = new Map()
      if (!challenges.has(scheme.toLowerCase())) challenges.set(scheme.toLowerCase(), parameters)
    }
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), quoted ?? plain)
  }
  return challenges
}

/**
 * The Authorization field that meets a challenge. A token is asked for that pulls this image, whatever the challenge would have.
 * @param login gives what Basic authentication sends, `null` without a login
 * @param isPlain whether this may be asked without TLS
 */
export async function authorize(
  challenges: Challenges,
  { registry, repository }: ImageReference,
  login: () => string | null,
  askFor: (url: string, headers: Asking['headers']) => Promise<Response>,
  isPlain: (address: URL) => boolean,
): Promise<string> {
  const bearer = challenges.get('bearer')
  const basic = login()
  if (bearer === undefined) {
    if (basic !== null && challenges.has('basic')) return `Basic ${basic}`
    throw new FetchError(
      challenges.has('basic')
        ? `${registry} wants a login, and there is none for it`
        : `${registry} asks for a kind of login that is not known`,
    )
  }
  const realm = URL.parse(bearer.get('realm') ?? '')
  if (realm === null || (realm.protocol !== 'https:' && !isPlain(realm)))
    throw new FetchError(`${registry} names a token service that is not https`)
  const where = `${realm.origin}${realm.pathname}`
  realm.searchParams.set('scope', `repository:${repository}:pull`)
  const service = bearer.get('service')
  if (service !== undefined) realm.searchParams.set('service', service)
  const headers = { accept: 'application/json', ...(basic === null ? {} : { authorization: `Basic ${basic}` }) }
  // It gets a login, so that it is itself who must answer: other origins are told nothing.
  const answer = await askFor(realm.href, (address): Record<string, string> => (address.origin === realm.origin ? headers : {}))
  if (answer.status !== 200) {
    await answer.body?.cancel()
    const who = basic === null ? 'without a login' : 'for the login that there is'
    throw new FetchError(`${where} gives no token ${who} (${answer.status})`)
  }
  return `Bearer ${tokenIn(await readWhole(answer, where, largestAnswer), where)}`
}

function tokenIn(content: Buffer, where: string): string {
  try {
    const { token, access_token: other } = JSON.parse(content.toString('utf8')) as Readonly<Record<string, unknown>>
    const text = token ?? other
    if (typeof text === 'string' && /^[\x21-\x7e]{1,20000}$/.test(text)) return text
  } catch {
    // What it says may be a credential, and is not repeated.
  }
  throw new FetchError(`${where} answers with what is no token`)
}
