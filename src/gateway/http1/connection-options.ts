import { withoutBlanks } from './blanks.ts'

/**
 * The rare head whose `Connection` names other fields, which are meant for this hop only (RFC 9110 §7.6.1). Fields that the gateway
 * adds are not in `forwarded` yet, so that no client can have them removed.
 */
export function withoutConnectionFields(
  head: string,
  forwarded: string,
): { readonly names: ReadonlySet<string>; readonly forwarded: string } | null {
  const names = new Set<string>()
  for (const line of head.split('\r\n')) {
    if (!/^connection:/i.test(line)) continue
    for (const option of line.slice('connection:'.length).split(',')) {
      const name = withoutBlanks(option, 0, option.length).toLowerCase()
      if (name !== '' && !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) return null
      names.add(name)
    }
  }
  const kept = forwarded.split('\r\n').filter((line) => line !== '' && !names.has(line.slice(0, line.indexOf(':')).toLowerCase()))
  return { names, forwarded: kept.map((line) => `${line}\r\n`).join('') }
}
