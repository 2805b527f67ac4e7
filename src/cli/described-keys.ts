/** When an issuer's keys are valid, in words. */
import type { ManifestIssuer } from '../contract/manifest/issuer.ts'

type Key = ManifestIssuer['keys'][number]

export function describeValidity({ begins, expires }: Key): string {
  return [...(begins === null ? [] : [`valid from ${begins}`]), expires === null ? 'no expiry' : `expires ${expires}`].join(', ')
}

/** For keys that follow each other: how long both of two are valid, or neither. */
export function describeChangeOver(keys: readonly Key[]): readonly string[] {
  const sorted = keys
    .filter(({ begins, expires }) => begins !== null && expires !== null)
    .toSorted((a, b) => compare(a.expires!, b.expires!))
  return sorted.slice(1).map((next, index) => {
    const before = sorted[index]!
    const names = `${before.kid ?? before.thumbprint} and ${next.kid ?? next.thumbprint}`
    return next.begins! <= before.expires!
      ? `${names}: both valid from ${before.begins! > next.begins! ? before.begins : next.begins} to ${before.expires}`
      : `${names}: none valid from ${before.expires} to ${next.begins}`
  })
}

/** Where they are fetched: from where and how often, and by whom that address is vouched for. */
export function describeFetchedKeys({ fetchedKeys }: ManifestIssuer): readonly (readonly string[])[] {
  if (fetchedKeys === null) return []
  const { url, refreshSeconds, tls, at } = fetchedKeys
  return [
    [`fetched from ${url} every ${refreshSeconds} s, while the gateway runs`, at],
    ...(tls?.authorities ?? []).map(({ subject, expires, at: authorityAt }) => [`authority ${subject}, expires ${expires}`, authorityAt]),
  ]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
