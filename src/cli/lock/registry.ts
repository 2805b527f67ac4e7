/** A registry, asked for one image (OCI distribution-spec 1.1, Docker's registry API V2). */
import { loopback } from '../../compiler/model/service.ts'
import { indexTypes, manifestTypes } from '../../image/oci.ts'
import { UsageError } from '../failures.ts'
import { Attempts, type Waiting } from './attempts.ts'
import { type Asking, ask, FetchError, piecesOf, readWhole } from './bounded-fetch.ts'
import { apiHost, type ImageReference } from './image-reference.ts'
import { authorize, readChallenges } from './registry-challenge.ts'
import { loginFor } from './registry-logins.ts'
import { Silence } from './silence.ts'

const accepted = [...indexTypes, ...manifestTypes, '*/*;q=0.1'].join(', ')

/** Bytes of a manifest or index. */
const largestManifest = 4_000_000

export type RegistryOptions = {
  /** The registry is on this machine and has no TLS. */
  readonly plainHttp: boolean
  /** Milliseconds that nothing may come for, and that all together may take. */
  readonly patience: { readonly silence: number; readonly whole: number }
  readonly waiting: Waiting
}

type Answered = { readonly answer: Response; readonly url: string; readonly silence: Silence }

export const patience: RegistryOptions['patience'] = { silence: 30_000, whole: 3_600_000 }

export class Registry {
  readonly #reference: ImageReference
  readonly #origin: string
  readonly #plain: (address: URL) => boolean
  readonly #silence: number
  readonly #whole: AbortSignal
  readonly #waiting: Waiting
  #authorization: string | null = null

  /** Throws a UsageError where plain http would leave this machine. */
  constructor(reference: ImageReference, { plainHttp, patience: { silence, whole }, waiting }: RegistryOptions) {
    this.#reference = reference
    this.#plain = (address) => plainHttp && address.protocol === 'http:' && loopback.test(address.hostname)
    const url = new URL(`${plainHttp ? 'http' : 'https'}://${apiHost(reference.registry)}`)
    if (plainHttp && !this.#plain(url))
      throw new UsageError(`${reference.registry} is not on this machine.`, 'Without --plain-http it is asked by https.')
    this.#origin = url.origin
    this.#silence = silence
    this.#whole = AbortSignal.timeout(whole)
    this.#waiting = waiting
  }

  /** A manifest or index, and the type that the registry says it has. */
  async manifest(tagOrDigest: string): Promise<{ readonly content: Buffer; readonly contentType: string }> {
    const attempts = this.#attempts()
    for (;;) {
      const { answer, url, silence } = await this.#ask(`manifests/${tagOrDigest}`, 'GET', attempts)
      try {
        const content = await readWhole(answer, url, largestManifest)
        return { content, contentType: answer.headers.get('content-type')?.replace(/;.*/, '').trim() ?? '' }
      } catch (error) {
        if (!(await attempts.isWorthAnother(error))) throw error
      } finally {
        silence.stop()
      }
    }
  }

  /** What a tag stands for now; nothing is fetched, so that registries do not count it. `null` where the registry does not say it. */
  async digestOf(tag: string): Promise<string | null> {
    const { answer, silence } = await this.#ask(`manifests/${tag}`, 'HEAD', this.#attempts())
    silence.stop()
    const digest = answer.headers.get('docker-content-digest') ?? ''
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null
  }

  /** A blob as it comes, not looked at. Where the connection breaks, the rest is asked for. */
  async *blob(digest: string): AsyncGenerator<Uint8Array> {
    const attempts = this.#attempts()
    for (let received = 0; ; ) {
      const { answer, url, silence } = await this.#ask(`blobs/${digest}`, 'GET', attempts, received)
      let known = answer.status === 206 ? 0 : received
      try {
        for await (const piece of piecesOf(answer, url)) {
          silence.heard()
          const rest = piece.subarray(known)
          known -= piece.length - rest.length
          received += rest.length
          yield rest
        }
        return
      } catch (error) {
        if (!(await attempts.isWorthAnother(error))) throw error
      } finally {
        silence.stop()
      }
    }
  }

  #attempts(): Attempts {
    return new Attempts(this.#waiting, this.#whole)
  }

  /** `from`: bytes that are there already. */
  async #ask(path: string, method: 'GET' | 'HEAD', attempts: Attempts, from: number = 0): Promise<Answered> {
    const { registry, repository } = this.#reference
    const url = `${this.#origin}/v2/${repository}/${path}`
    const silence = new Silence(this.#silence)
    const askFor = (address: string, headers: Asking['headers'], by: 'GET' | 'HEAD' = 'GET'): Promise<Response> =>
      attempts.ask(() => ask(address, { method: by, headers, plain: this.#plain, signal: AbortSignal.any([silence.begin(), this.#whole]) }))
    const fields = (address: URL): Readonly<Record<string, string>> => this.#fields(address, from)
    try {
      let answer = await askFor(url, fields, method)
      // Only the registry itself may ask for the login that belongs to it, and not where it redirects to.
      if (answer.status === 401 && new URL(answer.url).origin === this.#origin) {
        await answer.body?.cancel()
        const challenges = readChallenges(answer.headers.get('www-authenticate') ?? '')
        this.#authorization = await authorize(challenges, this.#reference, () => loginFor(this.#reference), askFor, this.#plain)
        answer = await askFor(url, fields, method)
      }
      const isRest = from > 0 && answer.status === 206 && answer.headers.get('content-range')?.startsWith(`bytes ${from}-`) === true
      if (answer.status === 200 || isRest) return { answer, url, silence }
      await answer.body?.cancel()
      const why = answer.status === 404 ? 'does not have it' : `answers ${answer.status}`
      throw new FetchError(`${registry} ${why}: ${repository}, ${path}`)
    } catch (error) {
      silence.stop()
      throw error
    }
  }

  /** A credential for the registry goes nowhere else. Digests are of what is sent, which nobody may compress on the way. */
  #fields(address: URL, from: number): Readonly<Record<string, string>> {
    return {
      accept: accepted,
      'accept-encoding': 'identity',
      ...(from === 0 ? {} : { range: `bytes=${from}-` }),
      ...(this.#authorization !== null && address.origin === this.#origin ? { authorization: this.#authorization } : {}),
    }
  }
}
