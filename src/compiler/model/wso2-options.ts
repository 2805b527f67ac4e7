/** The options of WSO2's `wso2_options.proto`, by which a service says in its own .proto file what protects it. */
import type { Diagnostics } from '../diagnostics.ts'
import type { Location } from '../source/location.ts'
import { nearestName } from '../source/nearest-name.ts'
import type { ProtoFile, ProtoOption } from '../source/proto-file.ts'
import type { ProtoToken } from '../source/proto-tokens.ts'
import type { Placed } from './types/placed.ts'

/** `null`: not said. */
export type Wso2Options = {
  readonly backend: Placed<string> | null
  readonly sandboxBackend: Placed<string> | null
  readonly throttle: Placed<string> | null
  readonly security: Placed<readonly Wso2Security[]> | null
  readonly scopes: Placed<readonly string[]> | null
}

export type Wso2Security = 'NONE' | 'BASIC' | 'OAUTH2' | 'JWT' | 'APIKEY'

const securities: readonly Wso2Security[] = ['NONE', 'BASIC', 'OAUTH2', 'JWT', 'APIKEY']

/** WSO2's documents call the last one `wso2.scopes` as well. */
const meanings = {
  service: { production_endpoints: 'backend', sandbox_endpoints: 'sandboxBackend', security: 'security', throttling_tier: 'throttle' },
  method: { method_throttling_tier: 'throttle', method_scopes: 'scopes', scopes: 'scopes' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, keyof Wso2Options>>>>

type Context = { readonly file: ProtoFile; readonly pointer: string; readonly diagnostics: Diagnostics }

/** Reads the options of a service or a method; those that are not WSO2's are left alone. */
export function readWso2Options(options: readonly ProtoOption[], level: keyof typeof meanings, context: Context): Wso2Options {
  const { file, pointer, diagnostics } = context
  const known: ReadonlyMap<string, keyof Wso2Options> = new Map(Object.entries(meanings[level]))
  const read: { -readonly [Key in keyof Wso2Options]: Wso2Options[Key] } = {
    backend: null,
    sandboxBackend: null,
    throttle: null,
    security: null,
    scopes: null,
  }
  for (const option of options) {
    const name = wso2Name(option.name, file.package)
    if (name === null) continue
    const at = file.source.locate(option.offset, pointer)
    const meaning = known.get(name.option)
    if (meaning === undefined) {
      const nearest = nearestName(name.option, known.keys())
      const hint = nearest === null ? `Known here: ${[...known.keys()].join(', ')}.` : `Did you mean \`(wso2.${nearest})\`?`
      diagnostics.report('unknown-key', at, `\`${option.name.slice(0, 80)}\` is not an option that is known here`, hint)
    } else if (meaning === 'security') {
      const values = readSecurity(option, at, diagnostics)
      if (values !== null) read.security = { value: [...(read.security?.value ?? []), ...values], at: read.security?.at ?? at }
    } else if (read[meaning] !== null) {
      diagnostics.report('conflicting-extensions', at, `\`${option.name.slice(0, 80)}\` stands twice`)
    } else if (meaning === 'scopes') read.scopes = readScopes(option, at, diagnostics)
    else if (meaning === 'throttle') read.throttle = readText(option.value, at, diagnostics)
    else read[meaning] = readEndpoint(option.value, name.member, at, diagnostics)
  }
  return read
}

/** `(wso2.production_endpoints).url`; inside of WSO2's own package, its name may be left out. */
function wso2Name(name: string, packageName: string): { readonly option: string; readonly member: string } | null {
  const [, prefix, option = '', member = ''] = /^\(\.?(wso2\.)?([A-Za-z_]\w*)\)(?:\.([A-Za-z_][\w.]*))?$/.exec(name) ?? []
  if (option === '' || (prefix === undefined && !/^wso2(?:$|\.)/.test(packageName))) return null
  return { option, member }
}

function readSecurity({ value }: ProtoOption, at: Location, diagnostics: Diagnostics): readonly Wso2Security[] | null {
  const words = value.filter(({ kind }) => kind === 'word').map(({ text }) => text)
  const known = words.flatMap((word) => securities.filter((each) => each === word))
  const plain = value.every(({ kind, text }) => kind === 'word' || (kind === 'sign' && '[],'.includes(text)))
  if (plain && words.length > 0 && known.length === words.length) return known
  diagnostics.report('invalid-extension', at, `\`security\` must be one of ${securities.join(', ')}`)
  return null
}

/** Several scopes stand in one text, with commas between. */
function readScopes({ value }: ProtoOption, at: Location, diagnostics: Diagnostics): Placed<readonly string[]> | null {
  const text = readText(value, at, diagnostics)
  return text === null ? null : { value: text.value.split(/[\s,]+/).filter((scope) => scope !== ''), at }
}

/** `{ url: "http://orders.internal:50051" }` */
function readEndpoint(value: readonly ProtoToken[], member: string, at: Location, diagnostics: Diagnostics): Placed<string> | null {
  if (member === 'url') return readText(value, at, diagnostics)
  const inside = value.slice(1, -1).filter(({ kind, text }) => kind !== 'sign' || !'[],;:'.includes(text))
  const urls = inside.filter(({ kind }) => kind === 'text')
  const words = inside.filter(({ kind }) => kind === 'word').map(({ text }) => text)
  const plain = member === '' && value[0]?.text === '{' && inside.every(({ kind }) => kind !== 'sign')
  if (!plain || words.some((word) => !['url', 'type', 'DEFAULT'].includes(word)) || urls.length === 0) {
    diagnostics.report('invalid-extension', at, 'the endpoint must be `{ url: "…" }`')
    return null
  }
  if (urls.length === 1) return readText(urls, at, diagnostics)
  diagnostics.report('not-supported-yet', at, 'several URLs in one endpoint are not supported yet', 'Give one URL.')
  return null
}

function readText(value: readonly ProtoToken[], at: Location, diagnostics: Diagnostics): Placed<string> | null {
  const text = value.map((token) => token.text).join('')
  if (text !== '' && !text.includes('\\') && value.every(({ kind }) => kind === 'text')) return { value: text, at }
  diagnostics.report('invalid-extension', at, 'the option’s value must be text in quotes that is not empty and holds no escape')
  return null
}
