/** What a .proto file says about services: the part of it that a gateway needs, with places. Types only. */
import type { ProtoToken } from './proto-tokens.ts'
import type { SourceText } from './source-text.ts'

export type ProtoFile = {
  readonly source: SourceText
  /** Empty where the file names none. */
  readonly package: string
  readonly imports: readonly ProtoToken[]
  readonly services: readonly ProtoService[]
}

export type ProtoService = {
  readonly name: string
  /** Offset of the name. */
  readonly offset: number
  readonly options: readonly ProtoOption[]
  readonly methods: readonly ProtoMethod[]
}

export type ProtoMethod = {
  readonly name: string
  readonly offset: number
  readonly streams: MethodStreams
  readonly options: readonly ProtoOption[]
}

/** Which side sends any number of messages. */
export type MethodStreams = { readonly client: boolean; readonly server: boolean }

/** `option (wso2.security) = JWT;` has the name `(wso2.security)`. */
export type ProtoOption = {
  readonly name: string
  /** Offset of the word `option`. */
  readonly offset: number
  readonly value: readonly ProtoToken[]
}
