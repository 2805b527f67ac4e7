/** A registry, asked for one image (OCI distribution-spec 1.1, Docker's registry API V2). */
import { loopback } from '../../compiler/model/service.ts'
import { indexTypes, manifestTypes } from '../../image/oci.ts'
import { UsageError } from '../failures.ts'
import { ask, FetchError, piecesOf, readWhole } from './bounded-fetch.ts'
import { apiHost, type ImageReference } from './image-reference.ts'
import { authorize, readChallenges } from './registry-challenge.ts'
import { loginFor } from './registry-logins.ts'

const accepted = [...indexTypes, ...manifestTypes, '*/*;q=0.1'].join(', ')

/** Bytes of a manifest or index. */
const largestManifest = 4_000_000

export type RegistryOptions = {
  /** The registry is on this machine and has no TLS. */
  readonly plainHttp: boolean
  /** Milliseconds that nothing may come for, and that all together may take. */
  readonly patience: { readonly silence: number; readonly whole: number }
}

export const patience: RegistryOptions['patience'] = { silence: 30_000, whole: 3_600_000 }

export class Registry {
  readonly #reference: ImageReference
  readonly #origin: string
  readonly #plain: (address: URL) => boolean
  readonly #silence: number
  readonly #whole: AbortSignal
  #authorization: string | null = null

  /** Throws a UsageError where plain http would leave this machine. */
  constructor(reference: ImageReference, { plainHttp, patience: { silence, whole } }: RegistryOptions) {
    this.#reference = reference
    this.#plain = (address) => plainHttp && address.protocol === 'http:' && loopback.test(address.hostname)
    const url = new URL(`${plainHttp ? 'http' : 'https'}://${apiHost(reference.registry)}`)
    if (plainHttp && !this.#plain(url))
      throw new UsageError(`${reference.registry} is not on this machine.`, 'Without --plain-http it is asked by https.')
    this.#origin = url.origin
    this.#silence = silence
    this.#whole = AbortSignal.timeout(whole)
  }

  /** A manifest or index, and the type that the registry says it has. */
  async manifest(tagOrDigest: string): Promise<{ readonly content: Buffer; readonly contentType: string }> {
    const { answer, url, stop } = await this.#ask(`manifests/${tagOrDigest}`, 'GET')
    try {
      const content = await readWhole(answer, url, largestManifest)
      return { content, contentType: answer.headers.get('content-type')?.replace(/;.*/, '').trim() ?? '' }
    } finally {
      stop()
    }
  }

  /** What a tag stands for now; nothing is fetched, so that registries do not count it. `null` where the registry does not say it. */
  async digestOf(tag: string): Promise<string | null> {
    const { answer, stop } = await this.#ask(`manifests/${tag}`, 'HEAD')
    stop()
    const digest = answer.headers.get('docker-content-digest') ?? ''
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null
  }

  /** A blob as it comes, not looked at. */
  async *blob(digest: string): AsyncGenerator<Uint8Array> {
    const { answer, url, heard, stop } = await this.#ask(`blobs/${digest}`, 'GET')
    try {
      for await (const piece of piecesOf(answer, url)) {
        heard()
        yield piece
      }
    } finally {
      stop()
    }
  }

  async #ask(
    path: string,
    method: 'GET' | 'HEAD',
  ): Promise<{ readonly answer: Response; readonly url: string; readonly heard: () => void; readonly stop: () => void }> {
    const { registry, repository } = this.#reference
    const url = `${this.#origin}/v2/${repository}/${path}`
    const silent = new AbortController()
    const timer = setTimeout(() => silent.abort(new FetchError(`nothing came for ${this.#silence / 1000} s`)), this.#silence)
    const bounds = { signal: AbortSignal.any([silent.signal, this.#whole]), plain: this.#plain }
    const asking = { ...bounds, method, headers: this.#headers }
    try {
      let answer = await ask(url, asking)
      // Only the registry itself may ask for the login that belongs to it, and not where it redirects to.
      if (answer.status === 401 && new URL(answer.url).origin === this.#origin) {
        await answer.body?.cancel()
        const challenges = readChallenges(answer.headers.get('www-authenticate') ?? '')
        this.#authorization = await authorize(challenges, this.#reference, () => loginFor(this.#reference), bounds)
        answer = await ask(url, asking)
      }
      if (answer.status === 200) return { answer, url, heard: () => timer.refresh(), stop: () => clearTimeout(timer) }
      await answer.body?.cancel()
      const why = answer.status === 404 ? 'does not have it' : `answers ${answer.status}`
      throw new FetchError(`${registry} ${why}: ${repository}, ${path}`)
    } catch (error) {
      clearTimeout(timer)
      throw error
    }
  }

  /** A credential for the registry goes nowhere else. Digests are of what is sent, which nobody may compress on the way. */
  readonly #headers = (address: URL): Readonly<Record<string, string>> => ({
    accept: accepted,
    'accept-encoding': 'identity',
    ...(this.#authorization !== null && address.origin === this.#origin ? { authorization: this.#authorization } : {}),
  })
}
