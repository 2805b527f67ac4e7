/** The hosts of web pages that may use a key. */
export class PageDomains {
  readonly #hosts: ReadonlySet<string>
  readonly #below: readonly string[]

  /** A host, or `*.` and a host for all that are below it. */
  constructor(domains: readonly string[]) {
    this.#hosts = new Set(domains.filter((domain) => !domain.startsWith('*.')))
    this.#below = domains.filter((domain) => domain.startsWith('*.')).map((domain) => domain.slice(1))
  }

  /** `origin`: of the page (RFC 6454), which says scheme and port as well; empty where nothing is known of it. */
  includes(origin: string): boolean {
    const url = URL.parse(origin)
    if (url === null || !/^https?:$/.test(url.protocol)) return false
    const { hostname } = url
    return this.#hosts.has(hostname) || this.#below.some((end) => hostname.endsWith(end) && hostname.length > end.length)
  }
}
